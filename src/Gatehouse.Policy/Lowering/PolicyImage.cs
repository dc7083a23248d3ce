using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Gatehouse.Policy;

/// <summary>
/// Compiled policies: vectors with one bit a row, in which the first set bit of an intersection is the rule that
/// decides.
/// It depends on the texts alone, never on the host: which file stands at a path is found out when the image is loaded.
/// </summary>
/// <remarks>
/// <para>Row r of an operation matches a file iff bit r is set in
/// <c>Cells[operation] &amp; (Cells[NoPathValue] | OR over the file's known names Cells[name]) &amp; Cells[hash]</c>,
/// where
/// a name that no rule mentions contributes nothing, a hash that no rule mentions is <see cref="NoHashValue"/>, and one
/// that could not be computed is <see cref="UnknownHashValue"/>. Per policy, the first such row in
/// <see cref="EnforcedValue"/> decides; across policies deny wins.</para>
/// <para>Immutable, and safe for use by several threads.</para>
/// </remarks>
public sealed class PolicyImage
{
    private readonly ulong[] _cells;
    private readonly Lazy<byte[]> _bytes;
    private readonly Lazy<string> _fingerprint;

    internal PolicyImage(ulong[] cells, ImmutableArray<PolicyDocument> documents)
    {
        _cells = cells;
        Documents = documents;
        _bytes = new Lazy<byte[]>(() => ImageWriter.Write(this));
        _fingerprint = new Lazy<string>(() => Convert.ToHexStringLower(SHA256.HashData(_bytes.Value)));
    }

    /// <summary>The policies: higher altitude first, then by name. The order of the files does not matter.</summary>
    public required IReadOnlyList<CompiledPolicy> Policies { get; init; }

    /// <summary>The rules, by policy and then in the order of the text.</summary>
    public required IReadOnlyList<CompiledRule> Rules { get; init; }

    /// <summary>The rows, in the order of the rules; each policy is padded to a multiple of 64.</summary>
    public required IReadOnlyList<CompiledRow> Rows { get; init; }

    /// <summary>Words of 64 rows in each vector; 0 for an image without policies.</summary>
    public int WordCount => Rows.Count / 64;

    /// <summary>Vectors in <see cref="Cells"/>; value ids are below this.</summary>
    public required int ValueCount { get; init; }

    /// <summary>The paths that rules name, sorted by ordinal comparison.</summary>
    public required IReadOnlyList<PathValue> Paths { get; init; }

    /// <summary>The hashes that rules name, sorted by their bytes.</summary>
    public required IReadOnlyList<HashValue> Hashes { get; init; }

    /// <summary>The vectors: word w of value v is at <c>v * WordCount + w</c>. Value 0 is all zero.</summary>
    public ReadOnlySpan<ulong> Cells => _cells;

    /// <summary>The operations: which rows are for them and what these need to know.</summary>
    public required OperationTable Operations { get; init; }

    /// <summary>Value id: rows that do not test the path.</summary>
    public required int NoPathValue { get; init; }

    /// <summary>Value id: rows that accept a hash which no rule mentions.</summary>
    public required int NoHashValue { get; init; }

    /// <summary>
    /// Value id: rows that accept a file whose hash could not be computed (see <see cref="MissAnswer"/>).
    /// </summary>
    public required int UnknownHashValue { get; init; }

    /// <summary>Value id: rows that test the hash.</summary>
    public required int HashConstrainedValue { get; init; }

    /// <summary>Value id: rows that test the path.</summary>
    public required int PathConstrainedValue { get; init; }

    /// <summary>Value id: rows of allow and deny rules in enforce mode.</summary>
    public required int EnforcedValue { get; init; }

    /// <summary>Value id: rows of rules whose action is allow.</summary>
    public required int AllowValue { get; init; }

    /// <summary>Lower-case hex SHA-256 of <see cref="ToBytes"/>: equal texts have equal fingerprints.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>
    /// The documents, in the order of <see cref="Policies"/>: what <see cref="PolicyEvaluator"/> works from.
    /// </summary>
    internal ImmutableArray<PolicyDocument> Documents { get; }

    /// <summary>
    /// The image as bytes: magic "GHPI", format version and total size (both u32), then the tables. All numbers are
    /// little-endian. Compiling the same texts again gives the same bytes, on any machine.
    /// </summary>
    /// <returns>A copy that the caller may change.</returns>
    public byte[] ToBytes() => (byte[])_bytes.Value.Clone();

    /// <summary>The vector of a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public ReadOnlySpan<ulong> Vector(int valueId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(valueId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(valueId, ValueCount);
        return _cells.AsSpan(valueId * WordCount, WordCount);
    }
}
