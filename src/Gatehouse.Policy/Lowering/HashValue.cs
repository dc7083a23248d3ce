using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A SHA-256 that rules name, and the vector of the rows that accept it.</summary>
/// <param name="Sha256">32 bytes.</param>
/// <param name="ValueId">Index of its vector. Hashes accepted by the same rows share one.</param>
public readonly record struct HashValue(ImmutableArray<byte> Sha256, int ValueId);
