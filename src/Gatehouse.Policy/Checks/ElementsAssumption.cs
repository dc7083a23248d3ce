using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Several values can hold at once: a file stood at several paths of the policy, there are several arguments. One of each
/// held set holds, and none of an excluded one.
/// </summary>
internal sealed record ElementsAssumption(ImmutableStack<ValueSet> Held, ImmutableStack<ValueSet> Excluded) : FieldAssumption
{
    public static ElementsAssumption Any { get; } = new([], []);

    public override FieldAssumption? With(FieldTest test, bool negated, ref int budget)
    {
        var values = ((ValueTest)(test is ElementTest element ? element.Element : test)).Values;
        var next = negated ? this with { Excluded = Excluded.Push(values) } : this with { Held = Held.Push(values) };
        foreach (var held in negated ? next.Held : [values])
        {
            var left = held;
            foreach (var excluded in next.Excluded)
            {
                left = ValueSets.Without(left, excluded, ref budget);
            }

            if (left.Count == 0 && budget >= 0)
            {
                return null;
            }
        }

        return next;
    }
}
