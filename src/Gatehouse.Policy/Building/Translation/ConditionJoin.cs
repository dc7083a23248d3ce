using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Puts conditions together as the parser would: chains are flat, and constants are worked in.</summary>
internal static class ConditionJoin
{
    public static Condition All(IEnumerable<Condition> operands, SourceSpan span) => Join(
        operands, neutral: true, c => (c as AndCondition)?.Operands, o => new AndCondition(o, span), span);

    public static Condition Any(IEnumerable<Condition> operands, SourceSpan span) => Join(
        operands, neutral: false, c => (c as OrCondition)?.Operands, o => new OrCondition(o, span), span);

    public static Condition Not(Condition operand, SourceSpan span) => operand is ConstantCondition constant
        ? new ConstantCondition(!constant.Value, span)
        : new NotCondition(operand, span);

    private static Condition Join(
        IEnumerable<Condition> operands,
        bool neutral,
        Func<Condition, ImmutableArray<Condition>?> chain,
        Func<ImmutableArray<Condition>, Condition> create,
        SourceSpan span)
    {
        var parts = ImmutableArray.CreateBuilder<Condition>();
        foreach (var operand in operands)
        {
            if (operand is ConstantCondition constant)
            {
                if (constant.Value != neutral)
                {
                    return constant;
                }
            }
            else if (chain(operand) is { } nested)
            {
                parts.AddRange(nested);
            }
            else
            {
                parts.Add(operand);
            }
        }

        return parts.Count switch
        {
            0 => new ConstantCondition(neutral, span),
            1 => parts[0],
            _ => create(parts.ToImmutable()),
        };
    }
}
