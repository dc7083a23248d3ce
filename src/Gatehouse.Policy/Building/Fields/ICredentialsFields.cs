namespace Gatehouse.Policy;

/// <summary><c>process.credentials</c>: users, groups, capabilities or the user namespace change.</summary>
public interface ICredentialsFields : IOperationFields
{
    /// <summary>What changes.</summary>
    CredentialsChange Change { get; }

    /// <summary>Effective user id afterwards.</summary>
    long NewUid { get; }

    /// <summary>Effective group id afterwards.</summary>
    long NewGid { get; }

    /// <summary>Capabilities that are added to a set of the process.</summary>
    IReadOnlySet<Capability> Gained { get; }
}
