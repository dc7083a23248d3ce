namespace Gatehouse.Policy;

/// <summary>A process: the acting one, or the one that is acted on.</summary>
public interface IProcessFields : IProgramFields
{
    /// <summary>Real user id.</summary>
    long Uid { get; }

    /// <summary>Effective user id.</summary>
    long EffectiveUid { get; }

    /// <summary>Real group id.</summary>
    long Gid { get; }

    /// <summary>Effective group id.</summary>
    long EffectiveGid { get; }

    /// <summary>User who logged in, as the audit subsystem knows it; 4294967295 if unset.</summary>
    long LoginUid { get; }

    /// <summary>Effective capabilities.</summary>
    IReadOnlySet<Capability> Capabilities { get; }

    /// <summary>Whether it is a kernel thread.</summary>
    bool KernelThread { get; }

    /// <summary>Whether its mount namespace is not that of the first process.</summary>
    bool Container { get; }
}
