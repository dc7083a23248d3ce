namespace Gatehouse.Policy;

/// <summary>What <c>process.credentials</c> changes.</summary>
public enum CredentialsChange
{
    /// <summary><c>uid</c>.</summary>
    Uid = 1,

    /// <summary><c>gid</c>.</summary>
    Gid = 2,

    /// <summary><c>groups</c>.</summary>
    Groups = 3,

    /// <summary><c>capabilities</c>.</summary>
    Capabilities = 4,

    /// <summary><c>user-namespace</c>.</summary>
    UserNamespace = 5,
}
