using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// The deterministic automaton of all path and text patterns, as a double array: three machines in one table. Exact paths and
/// prefixes are read forward; suffixes are read backward from the end; globs are read forward by a machine of their own. So
/// prefixes and suffixes cost a state a character, and only globs can multiply.
/// </summary>
/// <param name="States">
/// Entry 0 is the dead state. From state s, byte b leads to entry <c>Base + b</c> if that entry's Check is s's Base, else to
/// Otherwise. Accept is the class of a text that ends in the state. Base + 255 is always inside.
/// </param>
/// <param name="ForwardStart">State in which the forward machine starts; 0 if there is none.</param>
/// <param name="BackwardStart">The same of the backward machine, which reads from the last byte to the first.</param>
/// <param name="GlobStart">The same of the globs'.</param>
public sealed record PathAutomaton(ImmutableArray<AutomatonState> States, int ForwardStart, int BackwardStart, int GlobStart)
{
    /// <summary>States of the forward machine. Entries are more: a state has one for each transition that leads to it.</summary>
    public int ForwardStateCount { get; init; }

    /// <summary>States of the backward machine.</summary>
    public int BackwardStateCount { get; init; }

    /// <summary>States of the globs' machine.</summary>
    public int GlobStateCount { get; init; }

    /// <summary>Bytes that the table takes in the kernel.</summary>
    public long ByteCount => States.Length * 16L;

    /// <summary>Forward, backward and glob class of a text.</summary>
    internal (int Forward, int Backward, int Glob) Classify(ReadOnlySpan<byte> text)
    {
        var states = States.AsSpan();
        return (
            (int)AutomatonReader.Read(states, ForwardStart, text, backward: false),
            (int)AutomatonReader.Read(states, BackwardStart, text, backward: true),
            (int)AutomatonReader.Read(states, GlobStart, text, backward: false));
    }
}
