using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A SHA-256 that rules name.</summary>
/// <param name="Sha256">32 bytes.</param>
/// <param name="Class">Its class, 4 or more. Hashes that satisfy the same tests share one.</param>
public readonly record struct HashValue(ImmutableArray<byte> Sha256, int Class);
