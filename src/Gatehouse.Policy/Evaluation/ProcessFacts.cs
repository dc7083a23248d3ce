namespace Gatehouse.Policy;

/// <summary>What is known of a process; the file is its executable.</summary>
public sealed record ProcessFacts : ProgramFacts
{
    /// <summary>Real user id.</summary>
    public uint Uid { get; init; }

    /// <summary>Effective user id.</summary>
    public uint EffectiveUid { get; init; }

    /// <summary>Real group id.</summary>
    public uint Gid { get; init; }

    /// <summary>Effective group id.</summary>
    public uint EffectiveGid { get; init; }

    /// <summary>Login user id of the audit subsystem; all ones if unset.</summary>
    public uint LoginUid { get; init; } = uint.MaxValue;

    /// <summary>Effective capabilities, bit n = capability n.</summary>
    public ulong Capabilities { get; init; }

    /// <summary>Whether it is a kernel thread.</summary>
    public bool KernelThread { get; init; }

    /// <summary>Whether its mount namespace is not that of the first process.</summary>
    public bool Container { get; init; }

    /// <summary>Its earlier programs and those of the processes that it descends from, in any order.</summary>
    public IReadOnlyList<ProgramFacts> Ancestors { get; init; } = [];
}
