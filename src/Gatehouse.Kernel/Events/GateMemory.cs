namespace Gatehouse.Kernel;

/// <summary>Memory that becomes executable; the words are those of the policy language.</summary>
public sealed record GateMemory
{
    /// <summary>Protection that the call asked for.</summary>
    public required IReadOnlyList<string> Requested { get; init; }

    /// <summary>Protection that it gets.</summary>
    public required IReadOnlyList<string> Protection { get; init; }

    /// <summary>memory.protect: protection that it had; else null.</summary>
    public IReadOnlyList<string>? Before { get; init; }

    /// <summary>Whether it is shared.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether a page of private memory was written since it was mapped.</summary>
    public bool Written { get; init; }

    /// <summary>Whether it is a stack.</summary>
    public bool Stack { get; init; }

    /// <summary>Whether it is the heap of brk.</summary>
    public bool Heap { get; init; }

    /// <summary>Whether the personality makes executable whatever can be read.</summary>
    public bool ReadImpliesExecute { get; init; }

    /// <summary>What is behind it.</summary>
    public required string Backing { get; init; }
}
