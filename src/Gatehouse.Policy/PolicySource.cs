namespace Gatehouse.Policy;

/// <summary>The text of one policy file. This project never opens files: the caller reads them.</summary>
/// <param name="FileName">Name used in diagnostics; it is not opened and need not exist.</param>
/// <param name="Bytes">The content, expected to be UTF-8. Larger than <see cref="PolicyLimits.MaxFileBytes"/> is
/// refused unread.</param>
public sealed record PolicySource(string FileName, ReadOnlyMemory<byte> Bytes);
