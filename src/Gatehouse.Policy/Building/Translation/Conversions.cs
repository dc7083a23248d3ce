using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>The conversions that the C# compiler adds and that change nothing.</summary>
internal static class Conversions
{
    /// <summary>
    /// Without boxing, upcasts, <c>T</c> to <c>T?</c>, and an enumeration's number. A conversion from one kind of number to
    /// another stays: it can change the value.
    /// </summary>
    public static Expression Strip(Expression expression)
    {
        while (expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked, Method: null } convert
            && IsHarmless(convert.Operand.Type, convert.Type))
        {
            expression = convert.Operand;
        }

        return expression;
    }

    /// <summary>
    /// The array behind a span. From C# 14 on <c>array.Contains(x)</c> is one of spans, and a span cannot be evaluated by
    /// itself.
    /// </summary>
    public static Expression WithoutSpan(Expression expression)
    {
        while (expression.Type.IsByRefLike)
        {
            switch (expression)
            {
                case UnaryExpression { NodeType: ExpressionType.Convert, Operand: var operand }:
                    expression = operand;
                    break;
                case MethodCallExpression { Method.IsStatic: true, Arguments: [var only] }:
                    expression = only;
                    break;
                default:
                    return expression;
            }
        }

        return expression;
    }

    private static bool IsHarmless(Type from, Type to) =>
        to.IsAssignableFrom(from)
        || Nullable.GetUnderlyingType(to) == from
        || ((Nullable.GetUnderlyingType(from) ?? from).IsEnum && IsWhole(Nullable.GetUnderlyingType(to) ?? to));

    private static bool IsWhole(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64;
}
