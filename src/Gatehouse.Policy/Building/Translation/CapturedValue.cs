using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Gatehouse.Policy;

/// <summary>The parts of an expression that do not depend on the operation, and their values.</summary>
internal static class CapturedValue
{
    /// <summary>Whether the expression uses a parameter that it does not declare itself.</summary>
    /// <exception cref="InsufficientExecutionStackException">It is nested too deeply to be walked.</exception>
    public static bool DependsOnOperation(Expression expression)
    {
        var finder = new ParameterFinder();
        finder.Visit(expression);

        // Not thrown where it is found: an exception on its way up through thousands of calls takes minutes.
        return finder.IsTooDeep ? throw new InsufficientExecutionStackException() : finder.Found;
    }

    /// <summary>The value, computed now. Throws whatever the expression throws.</summary>
    public static object? Of(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,

        // What nearly all values are: a captured variable or a static field.
        MemberExpression { Member: FieldInfo field } member
            when member.Expression is null or ConstantExpression => field.GetValue((member.Expression as ConstantExpression)?.Value),
        // To interpret is faster than to compile what is called once, but the interpreter knows no spans.
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object)))
            .Compile(preferInterpretation: !HasSpans(expression))(),
    };

    /// <summary>The body of a lambda with a value in the place of its parameter.</summary>
    public static Expression Apply(LambdaExpression lambda, object? value) =>
        new Replacer(lambda.Parameters[0], Expression.Constant(value, lambda.Parameters[0].Type)).Visit(lambda.Body)!;

    private static bool HasSpans(Expression expression)
    {
        var finder = new SpanFinder();
        finder.Visit(expression);
        return finder.Found;
    }

    private sealed class SpanFinder : ExpressionVisitor
    {
        public bool Found { get; private set; }

        public override Expression? Visit(Expression? node)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            Found |= node?.Type.IsByRefLike == true;
            return Found ? node : base.Visit(node);
        }
    }

    private sealed class ParameterFinder : ExpressionVisitor
    {
        /// <summary>Far more than conditions may have; chains of operators do not count.</summary>
        private const int DeepestNesting = 500;

        private readonly HashSet<ParameterExpression> _own = [];
        private int _depth;

        public bool Found { get; private set; }

        public bool IsTooDeep { get; private set; }

        public override Expression? Visit(Expression? node)
        {
            IsTooDeep |= _depth >= DeepestNesting;
            if (Found || IsTooDeep)
            {
                return node;
            }

            _depth++;
            base.Visit(node);
            _depth--;
            return node;
        }

        /// <summary>Down the left side in a loop, because chains may be long.</summary>
        protected override Expression VisitBinary(BinaryExpression node)
        {
            Expression at = node;
            while (at is BinaryExpression binary)
            {
                Visit(binary.Right);
                at = binary.Left;
            }

            Visit(at);
            return node;
        }

        protected override Expression VisitLambda<T>(Expression<T> node)
        {
            _own.UnionWith(node.Parameters);
            return base.VisitLambda(node);
        }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= !_own.Contains(node);
            return node;
        }
    }

    private sealed class Replacer(ParameterExpression parameter, Expression replacement) : ExpressionVisitor
    {
        public override Expression? Visit(Expression? node)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return base.Visit(node);
        }

        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? replacement : node;
    }
}
