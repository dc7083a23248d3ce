using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>One of these hashes, or any but these.</summary>
internal sealed record HashAssumption(ValueSet? Values, ImmutableStack<ValueSet> Excluded) : FieldAssumption
{
    public static HashAssumption Any { get; } = new(null, []);

    public override FieldAssumption? With(FieldTest test, bool negated, ref int budget)
    {
        var values = ((ValueTest)test).Values;
        if (negated)
        {
            var left = Values is null ? null : ValueSets.Without(Values, values, ref budget);
            return left is { Count: 0 } && budget >= 0 ? null : new HashAssumption(left, Excluded.Push(values));
        }

        var common = Values is null ? values : ValueSets.Common(Values, values, ref budget);
        foreach (var excluded in Excluded)
        {
            common = ValueSets.Without(common, excluded, ref budget);
        }

        return common.Count == 0 && budget >= 0 ? null : new HashAssumption(common, Excluded);
    }
}
