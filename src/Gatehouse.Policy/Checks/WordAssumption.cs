using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>One of these words, or none that there is a word for.</summary>
internal sealed record WordAssumption(ImmutableArray<string> Words, bool Other) : FieldAssumption
{
    public override FieldAssumption? With(FieldTest test, bool negated, ref int budget)
    {
        var values = ((ValueTest)test).Values;
        budget -= Words.Length;
        var next = new WordAssumption([.. Words.Where(w => values.Contains(w) != negated)], Other && negated);
        return next.Words.IsEmpty && !next.Other ? null : next;
    }
}
