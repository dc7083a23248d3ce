namespace Gatehouse.Sdk.Events;

/// <summary>Memory that becomes executable: of <c>memory.map</c> and <c>memory.protect</c>.</summary>
public sealed record EventMemory
{
    /// <summary>Protection that the call asked for: <c>read</c>, <c>write</c>, <c>execute</c>.</summary>
    public IReadOnlyList<string> Requested { get; init; } = [];

    /// <summary>Protection that the memory gets, also by the personality of the process.</summary>
    public IReadOnlyList<string> Protection { get; init; } = [];

    /// <summary><c>memory.protect</c>: protection that the memory had.</summary>
    public IReadOnlyList<string>? Before { get; init; }

    /// <summary>Whether the memory is shared.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether a page of private memory was written since it was mapped, whatever its protection is now.</summary>
    public bool Written { get; init; }

    /// <summary>Whether it is a stack.</summary>
    public bool Stack { get; init; }

    /// <summary>Whether it is the heap of brk.</summary>
    public bool Heap { get; init; }

    /// <summary>Whether the personality of the process makes executable whatever it can read.</summary>
    public bool ReadImpliesExecute { get; init; }

    /// <summary>What is behind the memory: <c>anonymous</c>, <c>shared-memory</c>, <c>file</c>, <c>memfd</c>, <c>device</c>.</summary>
    public string Backing { get; init; } = "";
}
