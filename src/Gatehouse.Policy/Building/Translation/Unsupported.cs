using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>Says of an expression that it has no equivalent, and what people who write it mostly mean.</summary>
internal static class Unsupported
{
    public static Condition? Report(RuleScope scope, Expression expression)
    {
        var (message, suggestion) = Explain(Conversions.Strip(expression));
        return scope.Report(ProblemCodes.Unsupported, expression, message, suggestion);
    }

    private static (string Message, string? Suggestion) Explain(Expression expression) => expression switch
    {
        ConditionalExpression => ("A choice has no equivalent in a condition.", "write (c && a) || (!c && b)"),
        InvocationExpression => ("A delegate cannot be looked into.", "write its condition in the rule"),
        MethodCallExpression call => ExplainCall(call),
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } or IndexExpression => Position(),
        BinaryExpression { NodeType: ExpressionType.ExclusiveOr } => ("`^` has no equivalent in a condition.", "write (a && !b) || (!a && b)"),
        BinaryExpression { NodeType: ExpressionType.Equal or ExpressionType.NotEqual } =>
            ("Lists and sets are asked for single elements only.", "use Contains or Any"),
        BinaryExpression { NodeType: ExpressionType.LessThan or ExpressionType.LessThanOrEqual
            or ExpressionType.GreaterThan or ExpressionType.GreaterThanOrEqual } =>
            ("Only numbers have an order.", "use == or Contains"),
        UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } =>
            ("A conversion of a fact can change its value.", "convert what it is compared with, to long"),
        MemberExpression { Member.Name: "Length" or "Count" } =>
            ("A condition cannot ask how long something is.", null),
        MemberExpression member when FieldPath.Of(member) is { } field => ($"`{field.Name}` is not true or false by itself.", Ask(field)),
        _ => ("Only fields of the operation can be tested.", "compare a field with a value: ==, !=, <, Contains, StartsWith, EndsWith, Glob.Matches"),
    };

    private static (string Message, string? Suggestion) ExplainCall(MethodCallExpression call)
    {
        var first = call.Object ?? call.Arguments.FirstOrDefault();
        return call.Method.Name switch
        {
            "Contains" when call.Method.DeclaringType == typeof(string) =>
                ("A condition cannot look for a text inside of another.", $"write Glob.Matches({CSharpText.Of(call.Object!)}, \"**text**\")"),
            "IsMatch" or "Match" => ("Regular expressions have no equivalent in a condition.", "use Glob.Matches, StartsWith or EndsWith"),
            "ToLower" or "ToLowerInvariant" or "ToUpper" or "ToUpperInvariant" or "Trim" or "TrimStart" or "TrimEnd" or "Replace"
                or "Substring" => ("Facts are compared as they are.", "leave the call out, and compare with each spelling that is meant"),
            "GetFileName" or "GetDirectoryName" or "GetExtension" =>
                ("Facts are compared as they are.", "use EndsWith(\"/name\"), StartsWith(\"/folder/\") or EndsWith(\".extension\") on the path"),
            "HasFlag" => ("Each right is decided by itself, so it has no flags.", "write =="),
            "get_Item" or "ElementAt" or "First" or "FirstOrDefault" or "Last" or "LastOrDefault" => Position(),
            "Any" or "Exists" or "All" or "TrueForAll" when first is not null && FieldPath.Of(first) is { Type: FieldType.Words } =>
                ("A set of words is asked for one word at a time.", "use Contains, with && or || between"),
            "Any" or "Exists" or "All" or "TrueForAll" =>
                ("Only Any with a condition for one argument has an equivalent.", "write Any(a => a.StartsWith(\"…\")), or !(…Any(a => …)) for none"),
            "ContainsKey" => ("A map has no equivalent in a condition.", "write map.Keys.ToList().Contains(…)"),
            _ => ($"The method `{call.Method.Name}` is not looked into.", "write its condition in the rule, or call it for a value only"),
        };
    }

    private static (string Message, string? Suggestion) Position() =>
        ("Elements have no position in a condition.", "use Contains or Any");

    private static string Ask(PolicyField field) => field.Type switch
    {
        FieldType.Words or FieldType.Texts => "use Contains",
        _ => "compare it with a value",
    };
}
