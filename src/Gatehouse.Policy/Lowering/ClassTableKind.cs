namespace Gatehouse.Policy;

/// <summary>What the classes of a table come from.</summary>
public enum ClassTableKind
{
    /// <summary>Forward states of the automaton, and what else a bound name says.</summary>
    ForwardName,

    /// <summary>Backward states of the automaton; class 1 is every row.</summary>
    BackwardName,

    /// <summary>Glob states of the automaton; class 1 is every row.</summary>
    GlobName,

    /// <summary>Files that were bound at load.</summary>
    File,

    /// <summary>Hashes: 0 not asked (the rows that test it, or trust), 1 unknown, 2 volatile, 3 one that no rule names, then the named.</summary>
    Hash,

    /// <summary>The classes of hashes, of an fs-verity digest: never unknown, so that the first four are one that no rule names.</summary>
    Verity,

    /// <summary>Trust: 0 not asked (the rows that test it, or the hash), 1 unknown, 2 volatile, then the words.</summary>
    Trust,

    /// <summary>Ranges of numbers.</summary>
    Number,

    /// <summary>Words that we number ourselves.</summary>
    Word,

    /// <summary>A bit of a mask: clear, set.</summary>
    Bit,
}
