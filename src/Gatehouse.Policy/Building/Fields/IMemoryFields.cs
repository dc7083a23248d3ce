namespace Gatehouse.Policy;

/// <summary>What <c>memory.map</c> and <c>memory.protect</c> have: memory becomes executable.</summary>
public interface IMemoryFields : IOperationFields
{
    /// <summary>The file behind the memory; a rule that tests something of it does not concern memory without a file.</summary>
    IMappedFileFields Image { get; }

    /// <summary>Protection that the call asks for.</summary>
    IReadOnlySet<MemoryAccess> Requested { get; }

    /// <summary>Protection that the memory gets, also by the personality of the process.</summary>
    IReadOnlySet<MemoryAccess> Protection { get; }

    /// <summary>Whether the memory is shared: who else has it sees what is written.</summary>
    bool Shared { get; }

    /// <summary>Whether a page of private memory was written since it was mapped, whatever its protection is now.</summary>
    bool Written { get; }

    /// <summary>Whether it is a stack: of the first thread, of the calling thread, or memory that grows downwards.</summary>
    bool Stack { get; }

    /// <summary>Whether it is the heap of brk.</summary>
    bool Heap { get; }

    /// <summary>Whether the personality of the process makes executable whatever it can read.</summary>
    bool ReadImpliesExecute { get; }

    /// <summary>What is behind the memory.</summary>
    MemoryBacking Backing { get; }
}
