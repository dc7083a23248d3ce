using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Gatehouse.Policy;

/// <summary>
/// Compiled policies: vectors with one bit a row, in which the first set bit of an intersection is the rule that
/// decides.
/// It depends on the texts alone, never on the host: which file stands at a path is found out when the image is loaded.
/// </summary>
/// <remarks>
/// <para>Each fact of an operation has a class: a small number that says which tests of the policy it satisfies. The plan of
/// the operation (<see cref="OperationEntry.Steps"/>) turns classes into vectors and intersects them. Per policy, the first
/// row left in <see cref="EnforcedValue"/> decides; across policies kill wins, then deny.</para>
/// <para>Immutable, and safe for use by several threads.</para>
/// </remarks>
public sealed class PolicyImage
{
    private readonly ulong[] _cells;
    private readonly Lazy<byte[]> _bytes;
    private readonly Lazy<string> _fingerprint;

    internal PolicyImage(ulong[] cells, ImmutableArray<PolicyDocument> documents, PathLinks links)
    {
        _cells = cells;
        Documents = documents;
        Links = links;
        _bytes = new Lazy<byte[]>(() => ImageWriter.Write(this));
        _fingerprint = new Lazy<string>(() => Convert.ToHexStringLower(SHA256.HashData(_bytes.Value)));
    }

    /// <summary>The policies: higher altitude first, then by name. The order of the files does not matter.</summary>
    public required IReadOnlyList<CompiledPolicy> Policies { get; init; }

    /// <summary>The rules, by policy and then in the order of the text.</summary>
    public required IReadOnlyList<CompiledRule> Rules { get; init; }

    /// <summary>The rows, in the order of the rules; each policy is padded to a multiple of 64.</summary>
    public required IReadOnlyList<CompiledRow> Rows { get; init; }

    /// <summary>
    /// The clients that rules ask, sorted. Steps that test what a client said name it by its place here: bit n of the mask of
    /// answers that client n allowed the content, bit 16 + n that it refused it. Which bits a client really has, only the agent
    /// knows; they are put in when the image is loaded.
    /// </summary>
    public ImmutableArray<string> AskedClients { get; init; } = [];

    /// <summary>Words of 64 rows in each vector; 0 for an image without policies.</summary>
    public int WordCount => Rows.Count / 64;

    /// <summary>Vectors in <see cref="Cells"/>; value ids are below this.</summary>
    public required int ValueCount { get; init; }

    /// <summary>Tables from classes to vectors, which plans refer to.</summary>
    public required ImmutableArray<ClassTable> Tables { get; init; }

    /// <summary>The automaton of path and text patterns.</summary>
    public required PathAutomaton Automaton { get; init; }

    /// <summary>The paths whose files are bound at load, sorted by ordinal comparison.</summary>
    public required ImmutableArray<BoundPath> BoundPaths { get; init; }

    /// <summary>The hashes that rules name, sorted by their bytes.</summary>
    public required IReadOnlyList<HashValue> Hashes { get; init; }

    /// <summary>Bounds by <see cref="NumberTable"/>, ascending, the first 0; empty if no rule tests such a number.</summary>
    public required ImmutableArray<ImmutableArray<NumberBound>> Numbers { get; init; }

    /// <summary>The tests inside <c>ancestor(…)</c>; null if there are none.</summary>
    public required TestWord? AncestorTests { get; init; }

    /// <summary>The tests of single arguments; null if there are none.</summary>
    public required TestWord? ArgumentTests { get; init; }

    /// <summary>The tests of names of environment variables; null if there are none.</summary>
    public required TestWord? EnvironmentTests { get; init; }

    /// <summary>How each of the three is computed: plans whose result is the word of the tests.</summary>
    public required OperationEntry AncestorPlan { get; init; }

    /// <summary>See <see cref="AncestorPlan"/>.</summary>
    public required OperationEntry ArgumentPlan { get; init; }

    /// <summary>See <see cref="AncestorPlan"/>.</summary>
    public required OperationEntry EnvironmentPlan { get; init; }

    /// <summary>Which facts of processes matter.</summary>
    public required LabelNeeds LabelNeeds { get; init; }

    /// <summary>The vectors: word w of value v is at <c>v * WordCount + w</c>. Value 0 is all zero.</summary>
    public ReadOnlySpan<ulong> Cells => _cells;

    /// <summary>The operations: which rows are for them and what these need to know.</summary>
    public required OperationTable Operations { get; init; }

    /// <summary>Value id: rows of allow, deny and kill rules in enforce mode.</summary>
    public required int EnforcedValue { get; init; }

    /// <summary>Lower-case hex SHA-256 of <see cref="ToBytes"/>: equal texts have equal fingerprints.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>
    /// The documents, in the order of <see cref="Policies"/>: what <see cref="PolicyEvaluator"/> works from.
    /// </summary>
    internal ImmutableArray<PolicyDocument> Documents { get; }

    /// <summary>What the host resolved, if the image was linked.</summary>
    internal PathLinks Links { get; }

    /// <summary>The beginnings of paths that rules name, sorted.</summary>
    internal ImmutableArray<string> Prefixes { get; init; } = [];

    /// <summary>
    /// The vector of a class that stands for several at once: a file that was found at several paths has the names and is the
    /// file of each. Tests for membership hold if they hold for one of them, all others if they hold for all.
    /// </summary>
    /// <param name="table">A table of names or files.</param>
    /// <param name="classes">Classes of that table; at least one.</param>
    public ulong[] UnionOf(ClassTable table, params ReadOnlySpan<int> classes)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfZero(classes.Length, nameof(classes));
        var some = Vector(table.Values[classes[0]]).ToArray();
        var all = (ulong[])some.Clone();
        foreach (var other in classes[1..])
        {
            var vector = Vector(table.Values[other]);
            for (var w = 0; w < vector.Length; w++)
            {
                some[w] |= vector[w];
                all[w] &= vector[w];
            }
        }

        var positive = Vector(table.Positive);
        for (var w = 0; w < some.Length; w++)
        {
            some[w] = (some[w] & positive[w]) | (all[w] & ~positive[w]);
        }

        return some;
    }

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

    /// <summary>The bound path of this spelling, or null if the policies do not name it.</summary>
    internal BoundPath? FindBound(string path)
    {
        var (low, high) = (0, BoundPaths.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (string.CompareOrdinal(BoundPaths[middle].Path, path))
            {
                case 0:
                    return BoundPaths[middle];
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return null;
    }
}
