namespace Gatehouse.Policy;

/// <summary>What is known of a file as such.</summary>
public record ProgramFacts
{
    /// <summary>Its path as the acting process spelled it, or null if it has none.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// The paths of the policy at which this very file was found at load. Each is a name of it too, and its identity.
    /// </summary>
    public IReadOnlyList<string> BoundPaths { get; init; } = [];

    /// <summary>Lower-case hex SHA-256 of its content, or null if it is not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>
    /// Whether the content may change while it is used, so that no hash is right: no rule that names a hash matches, and none
    /// that tests it allows. <see cref="Sha256"/> is not looked at then.
    /// </summary>
    public bool VolatileContent { get; init; }
}
