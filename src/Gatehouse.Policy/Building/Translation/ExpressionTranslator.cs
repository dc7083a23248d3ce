using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Gatehouse.Policy;

/// <summary>
/// From the expression tree of a rule to a condition. What is wrong is reported and the rest is looked at all the same; null
/// stands for what was reported.
/// </summary>
internal sealed class ExpressionTranslator
{
    private readonly RuleScope _scope;
    private readonly ComparisonTranslator _comparisons;
    private readonly CallTranslator _calls;

    private ExpressionTranslator(RuleScope scope)
    {
        _scope = scope;
        _comparisons = new ComparisonTranslator(scope, Translate);
        _calls = new CallTranslator(scope, Translate);
    }

    public static Condition? Translate(LambdaExpression when, RuleScope scope)
    {
        try
        {
            return new ExpressionTranslator(scope).Translate(when.Body);
        }
        catch (InsufficientExecutionStackException)
        {
            scope.Report(
                ProblemCodes.TooDeep, "…", "The expression is nested too deeply to be read.", "divide the rule into several");
            return null;
        }
    }

    private Condition? Translate(Expression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        expression = Conversions.Strip(expression);
        if (IsAnd(expression) || IsOr(expression))
        {
            return Chain((BinaryExpression)expression);
        }

        if (!CapturedValue.DependsOnOperation(expression))
        {
            return Constant(expression);
        }

        return expression switch
        {
            UnaryExpression { NodeType: ExpressionType.Not } not when not.Type == typeof(bool) =>
                Translate(not.Operand) is { } operand ? ConditionJoin.Not(operand, _scope.Span) : null,
            BinaryExpression binary => _comparisons.Translate(binary),
            MethodCallExpression call => _calls.Translate(call),
            _ when _scope.SubjectOf(expression) is { IsElement: false, Field.Type: FieldType.Flag } flag =>
                flag.Test(new FlagTest(), _scope.Span),
            _ => Unsupported.Report(_scope, expression),
        };
    }

    /// <summary>
    /// <c>a &amp;&amp; b &amp;&amp; …</c> and <c>a || b || …</c>. Goes down the left side in a loop, because chains may be
    /// long; and like C# it does not look behind an operand that decides, which may guard what follows.
    /// </summary>
    private Condition? Chain(BinaryExpression chain)
    {
        var isAnd = IsAnd(chain);
        var sound = true;
        var operands = new List<Condition>();
        foreach (var expression in Operands(chain, isAnd ? IsAnd : IsOr))
        {
            if (Translate(expression) is not { } operand)
            {
                sound = false;
                continue;
            }

            operands.Add(operand);
            if (operand is ConstantCondition constant && constant.Value != isAnd)
            {
                break;
            }
        }

        if (!sound)
        {
            return null;
        }

        return isAnd ? ConditionJoin.All(operands, _scope.Span) : ConditionJoin.Any(operands, _scope.Span);
    }

    private static Stack<Expression> Operands(BinaryExpression chain, Func<Expression, bool> belongs)
    {
        var operands = new Stack<Expression>();
        Expression at = chain;
        while (belongs(at))
        {
            operands.Push(((BinaryExpression)at).Right);
            at = ((BinaryExpression)at).Left;
        }

        operands.Push(at);
        return operands;
    }

    private ConstantCondition? Constant(Expression expression) =>
        _scope.TryEvaluate(expression, out var value) && value is bool truth ? new ConstantCondition(truth, _scope.Span) : null;

    private static bool IsAnd(Expression expression) =>
        expression is { NodeType: ExpressionType.AndAlso or ExpressionType.And } && expression.Type == typeof(bool);

    private static bool IsOr(Expression expression) =>
        expression is { NodeType: ExpressionType.OrElse or ExpressionType.Or } && expression.Type == typeof(bool);
}
