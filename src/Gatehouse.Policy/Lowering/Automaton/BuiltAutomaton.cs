using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The packed table before its sets of patterns have become classes.</summary>
/// <param name="Entries">With numbers of <paramref name="Sets"/> as Accept.</param>
/// <param name="Starts">Forward, backward, glob.</param>
/// <param name="StateCounts">The same.</param>
/// <param name="Sets">What the states accept.</param>
internal sealed record BuiltAutomaton(AutomatonState[] Entries, int[] Starts, int[] StateCounts, AcceptedSets Sets)
{
    /// <summary>The number of the set of patterns that accept a text.</summary>
    public int Read(FactKind kind, ReadOnlySpan<byte> text) =>
        (int)AutomatonReader.Read(Entries, Starts[kind - FactKind.ForwardName], text, kind == FactKind.BackwardName);

    /// <param name="classOf">By number of the set. No two machines share one but the empty set, which is class 0.</param>
    public PathAutomaton WithClasses(int[] classOf)
    {
        var states = ImmutableArray.CreateBuilder<AutomatonState>(Entries.Length);
        foreach (var entry in Entries)
        {
            states.Add(entry with { Accept = (uint)classOf[entry.Accept] });
        }

        return new PathAutomaton(states.MoveToImmutable(), Starts[0], Starts[1], Starts[2])
        {
            ForwardStateCount = StateCounts[0],
            BackwardStateCount = StateCounts[1],
            GlobStateCount = StateCounts[2],
        };
    }
}
