using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>Translates <c>==</c>, <c>!=</c>, <c>&lt;</c> and their relatives.</summary>
internal sealed class ComparisonTranslator(RuleScope scope, Func<Expression, Condition?> translate)
{
    public Condition? Translate(BinaryExpression comparison)
    {
        if (comparison.NodeType is not (ExpressionType.Equal or ExpressionType.NotEqual or ExpressionType.LessThan
            or ExpressionType.LessThanOrEqual or ExpressionType.GreaterThan or ExpressionType.GreaterThanOrEqual))
        {
            return Unsupported.Report(scope, comparison);
        }

        var (left, right) = (Conversions.Strip(comparison.Left), Conversions.Strip(comparison.Right));
        if (left.Type == typeof(bool) && right.Type == typeof(bool))
        {
            return Truth(comparison, left, right);
        }

        return (scope.SubjectOf(left), scope.SubjectOf(right)) switch
        {
            (not null, not null) => scope.Report(
                ProblemCodes.NotAValue,
                comparison,
                "Two fields cannot be compared with each other.",
                "compare each of them with a value that is known when the policy is built"),
            ({ } subject, _) => Compare(comparison, subject, comparison.NodeType, right),
            (_, { } subject) => Compare(comparison, subject, Mirrored(comparison.NodeType), left),
            _ => Unsupported.Report(scope, CapturedValue.DependsOnOperation(left) ? left : right),
        };
    }

    /// <summary><c>x.Equals(y)</c> and <c>string.Equals(x, y)</c>.</summary>
    public Condition? Equal(Expression whole, Expression left, Expression right) =>
        (scope.SubjectOf(left), scope.SubjectOf(right)) switch
        {
            ({ } subject, null) => Compare(whole, subject, ExpressionType.Equal, right),
            (null, { } subject) => Compare(whole, subject, ExpressionType.Equal, left),
            _ => Unsupported.Report(scope, whole),
        };

    /// <summary>A condition compared with <c>true</c> or <c>false</c>.</summary>
    private Condition? Truth(BinaryExpression comparison, Expression left, Expression right)
    {
        if (CapturedValue.DependsOnOperation(left))
        {
            (left, right) = (right, left);
        }

        if (CapturedValue.DependsOnOperation(left))
        {
            return scope.Report(
                ProblemCodes.Unsupported,
                comparison,
                "Two conditions cannot be compared with each other.",
                "write (a && b) || (!a && !b) for a == b, and (a && !b) || (!a && b) for a != b");
        }

        if (!scope.TryEvaluate(left, out var value) || translate(right) is not { } condition)
        {
            return null;
        }

        return value is true == (comparison.NodeType == ExpressionType.Equal) ? condition : ConditionJoin.Not(condition, scope.Span);
    }

    private Condition? Compare(Expression whole, Subject subject, ExpressionType op, Expression operand)
    {
        if (!scope.TryEvaluate(operand, out var value))
        {
            return null;
        }

        var isEquality = op is ExpressionType.Equal or ExpressionType.NotEqual;
        var condition = (subject.IsText || subject.Field.Type is FieldType.Word or FieldType.Number, isEquality) switch
        {
            (true, true) => ValueTranslator.In(scope, subject, whole, operand, [value]),
            (_, false) when subject is { IsElement: false, Field.Type: FieldType.Number } =>
                ValueTranslator.Ordered(scope, subject, whole, op, value),
            _ => Unsupported.Report(scope, whole),
        };
        return condition is not null && op == ExpressionType.NotEqual ? ConditionJoin.Not(condition, scope.Span) : condition;
    }

    private static ExpressionType Mirrored(ExpressionType op) => op switch
    {
        ExpressionType.LessThan => ExpressionType.GreaterThan,
        ExpressionType.LessThanOrEqual => ExpressionType.GreaterThanOrEqual,
        ExpressionType.GreaterThan => ExpressionType.LessThan,
        ExpressionType.GreaterThanOrEqual => ExpressionType.LessThanOrEqual,
        _ => op,
    };
}
