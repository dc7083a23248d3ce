using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A number in one of these ranges.</summary>
internal sealed record NumberAssumption(ImmutableArray<NumberRange> Ranges) : FieldAssumption
{
    public override FieldAssumption? With(FieldTest test, bool negated, ref int budget)
    {
        var tested = ((NumberTest)test).Ranges;
        tested = negated ? Others(tested) : tested;
        budget -= Ranges.Length + tested.Length;
        var common = ImmutableArray.CreateBuilder<NumberRange>();
        for (int i = 0, j = 0; i < Ranges.Length && j < tested.Length;)
        {
            var first = Math.Max(Ranges[i].First, tested[j].First);
            var last = Math.Min(Ranges[i].Last, tested[j].Last);
            if (first <= last)
            {
                common.Add(new NumberRange(first, last));
            }

            _ = Ranges[i].Last < tested[j].Last ? i++ : j++;
        }

        return common.Count == 0 ? null : new NumberAssumption(common.DrainToImmutable());
    }

    private static ImmutableArray<NumberRange> Others(ImmutableArray<NumberRange> ranges)
    {
        var others = ImmutableArray.CreateBuilder<NumberRange>();
        ulong next = 0;
        foreach (var range in ranges)
        {
            if (range.First > next)
            {
                others.Add(new NumberRange(next, range.First - 1));
            }

            if (range.Last == ulong.MaxValue)
            {
                return others.ToImmutable();
            }

            next = range.Last + 1;
        }

        others.Add(new NumberRange(next, ulong.MaxValue));
        return others.ToImmutable();
    }
}
