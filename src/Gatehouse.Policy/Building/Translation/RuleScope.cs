using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>What is shared while one rule is translated: where it stands, what was found, and which names its lists have.</summary>
internal sealed class RuleScope(RuleDraft draft, List<PolicyExpressionProblem> problems, SetNames sets)
{
    private const int LongestText = 200;
    private readonly Dictionary<ParameterExpression, PolicyField> _elements = [];

    /// <summary>Place of every condition of the rule: its line. The text's own places come from the parser.</summary>
    public SourceSpan Span { get; } = new(draft.File, draft.Line, 1, draft.Line, 1);

    public SetNames Sets => sets;

    /// <summary>Problems so far; compare two readings to learn whether a part was sound.</summary>
    public int ProblemCount => problems.Count;

    /// <summary>Reports; the null is for callers that return a condition.</summary>
    public Condition? Report(DiagnosticDescriptor kind, Expression expression, string message, string? suggestion = null)
    {
        var text = CSharpText.Of(expression);
        Report(kind, text.Length <= LongestText ? text : text[..LongestText] + "…", message, suggestion);
        return null;
    }

    public void Report(DiagnosticDescriptor kind, string expression, string message, string? suggestion) =>
        problems.Add(new PolicyExpressionProblem(kind.Code, draft.Name, expression, message, suggestion, draft.File, draft.Line));

    /// <summary>From now on the parameter stands for one element of a field.</summary>
    public void AddElement(ParameterExpression parameter, PolicyField field) => _elements[parameter] = field;

    /// <summary>The field, or the element of one, that an expression stands for.</summary>
    public Subject? SubjectOf(Expression expression)
    {
        if (Conversions.Strip(expression) is ParameterExpression parameter && _elements.TryGetValue(parameter, out var list))
        {
            return new Subject(list, IsElement: true);
        }

        return FieldPath.Of(expression) is { } field ? new Subject(field, IsElement: false) : null;
    }

    /// <summary>The value of an expression that does not depend on the operation; false if that was reported.</summary>
    public bool TryEvaluate(Expression expression, out object? value)
    {
        value = null;
        if (CapturedValue.DependsOnOperation(expression))
        {
            Report(
                ProblemCodes.NotAValue,
                expression,
                "A field can be compared only with a value that is known when the policy is built; this depends on the operation.",
                "compare with a constant, a variable or a list");
            return false;
        }

        try
        {
            value = CapturedValue.Of(expression);
            return true;
        }
        catch (Exception e) when (e is not (OutOfMemoryException or InsufficientExecutionStackException))
        {
            var cause = e is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : e;
            Report(
                ProblemCodes.EvaluationFailed,
                expression,
                $"Computing this value when the policy is built throws {cause.GetType().Name}: {cause.Message}");
            return false;
        }
    }
}
