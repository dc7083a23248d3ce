using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The operations of an image.</summary>
public sealed class OperationTable
{
    private readonly ImmutableArray<OperationEntry> _entries;

    internal OperationTable(ImmutableArray<OperationEntry> entries) => _entries = entries;

    /// <summary>All operations that exist, in the order of their numbers.</summary>
    public static ImmutableArray<GateOperation> All { get; } =
        [.. Enum.GetValues<GateOperation>().Where(o => o != GateOperation.None)];

    /// <summary>The entry of an operation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such operation.</exception>
    public OperationEntry this[GateOperation operation]
    {
        get
        {
            var index = (int)operation - 1;
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(operation));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _entries.Length, nameof(operation));
            return _entries[index];
        }
    }
}
