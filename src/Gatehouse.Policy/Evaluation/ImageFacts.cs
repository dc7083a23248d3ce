namespace Gatehouse.Policy;

/// <summary>What is known of a file when an operation on it is decided.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Names">Paths the file is known by: as the acting task spells it, and those its inode was bound to at
/// load.</param>
/// <param name="Sha256">32 bytes, or null if the content's hash could not be known in time.</param>
public sealed record ImageFacts(GateOperation Operation, IReadOnlyList<string> Names, byte[]? Sha256);
