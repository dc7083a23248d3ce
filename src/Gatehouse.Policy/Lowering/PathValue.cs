namespace Gatehouse.Policy;

/// <summary>A path that rules name, and the vector of the rows that accept it.</summary>
/// <param name="Path">Absolute and normalised, at most 255 bytes of UTF-8.</param>
/// <param name="ValueId">Index of its vector. Paths named by the same rows share one.</param>
public readonly record struct PathValue(string Path, int ValueId);
