using System.Collections;
using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>
/// Translates <c>Any</c> and <c>All</c>: over the arguments of an exec, over the ancestors of a process, and over lists
/// that are known when the policy is built, which are written out.
/// </summary>
internal sealed class QuantifierTranslator(RuleScope scope, Func<Expression, Condition?> translate)
{
    public Condition? Ancestor(MethodCallExpression call)
    {
        if (scope.SubjectOf(call.Arguments[0]) is not null
            || Conversions.Strip(call.Arguments[0]) is not MemberExpression { Member.Name: nameof(IOperationFields.Process) })
        {
            return scope.Report(
                ProblemCodes.Unsupported,
                call.Arguments[0],
                "Only the ancestors of the acting process are known.",
                "pass the operation's Process");
        }

        var argument = call.Arguments[1];
        if (argument is not UnaryExpression { NodeType: ExpressionType.Quote }
            && !CapturedValue.DependsOnOperation(argument)
            && scope.TryEvaluate(argument, out var captured)
            && captured is LambdaExpression known)
        {
            argument = known;
        }

        return Lambda(argument) is { } lambda && IsClosed(lambda) && translate(lambda.Body) is { } operand
            ? operand is ConstantCondition ? NotOfElement(lambda) : new AncestorCondition(operand, scope.Span)
            : null;
    }

    public Condition? Some(MethodCallExpression call) => Quantified(call, isAny: true);

    public Condition? Every(MethodCallExpression call) => Quantified(call, isAny: false);

    private Condition? Quantified(MethodCallExpression call, bool isAny)
    {
        List<Expression> parts = call.Object is null ? [.. call.Arguments] : [call.Object, .. call.Arguments];
        if (parts.Count != 2)
        {
            return Unsupported.Report(scope, call);
        }

        var collection = Conversions.Strip(Conversions.WithoutSpan(parts[0]));
        if (scope.SubjectOf(collection) is { } subject)
        {
            return subject is { IsElement: false, Field.Type: FieldType.Texts } && isAny
                ? Element(subject.Field, parts[1])
                : Unsupported.Report(scope, call);
        }

        if (CapturedValue.DependsOnOperation(collection))
        {
            return Unsupported.Report(scope, call);
        }

        return Lambda(parts[1]) is { } lambda && scope.TryEvaluate(collection, out var value)
            ? WrittenOut(collection, value as IEnumerable, lambda, isAny)
            : null;
    }

    /// <summary>
    /// Some element passes. <c>||</c> goes through to the outside; <c>&amp;&amp;</c> and <c>!</c> do not, and the language has
    /// one test an element.
    /// </summary>
    private Condition? Element(PolicyField field, Expression predicate)
    {
        if (Lambda(predicate) is not { Parameters: [var parameter] } lambda || !IsClosed(lambda))
        {
            return null;
        }

        scope.AddElement(parameter, field);
        if (translate(lambda.Body) is not { } condition)
        {
            return null;
        }

        var alternatives = condition is OrCondition or ? or.Operands : [condition];
        return alternatives.All(a => a is TestCondition { Test: ElementTest })
            ? condition
            : scope.Report(
                ProblemCodes.InnerCondition,
                lambda,
                "An argument can be asked one thing at a time: that it equals, begins with, ends with or matches something.",
                "use several Any, and put && and ! around them");
    }

    private Condition? WrittenOut(Expression collection, IEnumerable? list, LambdaExpression lambda, bool isAny)
    {
        if (list is null)
        {
            return scope.Report(ProblemCodes.WrongValue, collection, "The list is null.");
        }

        var conditions = new List<Condition>();
        foreach (var element in list)
        {
            // What is wrong with one element's condition is wrong with all.
            if (translate(CapturedValue.Apply(lambda, element)) is not { } condition)
            {
                return null;
            }

            conditions.Add(condition);
        }

        return isAny ? ConditionJoin.Any(conditions, scope.Span) : ConditionJoin.All(conditions, scope.Span);
    }

    private LambdaExpression? Lambda(Expression expression)
    {
        if ((expression is UnaryExpression { NodeType: ExpressionType.Quote } quote ? quote.Operand : expression)
            is LambdaExpression { Parameters.Count: 1 } lambda)
        {
            return lambda;
        }

        scope.Report(
            ProblemCodes.Unsupported, expression, "A delegate cannot be looked into.", "write its lambda here: Any(x => …)");
        return null;
    }

    private bool IsClosed(LambdaExpression lambda)
    {
        if (!CapturedValue.DependsOnOperation(lambda))
        {
            return true;
        }

        scope.Report(
            ProblemCodes.InnerCondition,
            lambda,
            $"Inside, only `{lambda.Parameters[0].Name}` can be tested, not the operation around it.",
            "put the other part outside, with &&");
        return false;
    }

    private Condition? NotOfElement(LambdaExpression lambda) => scope.Report(
        ProblemCodes.InnerCondition, lambda, "The condition does not test the ancestor.", "test Executable, File or Sha256");
}
