namespace Gatehouse.Policy;

/// <summary>What the rules of an image need to know for one operation.</summary>
/// <param name="ValueId">Vector of the rows for this operation; 0 if there is no rule for it.</param>
/// <param name="NeedsPath">Whether any of these rows tests the path.</param>
/// <param name="NeedsHash">Whether any of these rows tests the hash.</param>
public readonly record struct OperationEntry(int ValueId, bool NeedsPath, bool NeedsHash);
