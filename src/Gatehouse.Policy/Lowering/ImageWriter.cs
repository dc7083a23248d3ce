using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Writes an image as bytes. Little-endian throughout; a text is its length in bytes (u32) and UTF-8; a table is its
/// length (u32) and its entries. Change <see cref="FormatVersion"/> with every change here.
/// </summary>
internal static class ImageWriter
{
    public const uint FormatVersion = 1;

    private const int SizeOffset = 8;

    public static byte[] Write(PolicyImage image)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write("GHPI"u8);
        writer.Write(FormatVersion);
        writer.Write(0u);
        WritePolicies(writer, image.Policies);
        WriteRules(writer, image.Rules);
        WriteTable(writer, image.Rows, row =>
        {
            writer.Write(row.RuleIndex);
            writer.Write((uint)row.OnMiss);
        });
        WriteOperations(writer, image.Operations);
        foreach (var value in FixedValues(image))
        {
            writer.Write(value);
        }

        WriteTable(writer, image.Paths, path =>
        {
            WriteText(writer, path.Path);
            writer.Write(path.ValueId);
        });
        WriteTable(writer, image.Hashes, hash =>
        {
            writer.Write(hash.Sha256.AsSpan());
            writer.Write(hash.ValueId);
        });
        WriteCells(writer, image);
        writer.Flush();
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SizeOffset), (uint)bytes.Length);
        return bytes;
    }

    private static int[] FixedValues(PolicyImage image) =>
    [
        image.NoPathValue,
        image.NoHashValue,
        image.UnknownHashValue,
        image.HashConstrainedValue,
        image.PathConstrainedValue,
        image.EnforcedValue,
        image.AllowValue,
    ];

    private static void WritePolicies(BinaryWriter writer, IReadOnlyList<CompiledPolicy> policies) =>
        WriteTable(writer, policies, policy =>
        {
            WriteText(writer, policy.Name);
            WriteText(writer, policy.Client);
            writer.Write(policy.Altitude);
            WriteText(writer, policy.Description);
            writer.Write(policy.FirstRow);
            writer.Write(policy.RowCount);
            WriteText(writer, policy.SourceSha256);
        });

    private static void WriteRules(BinaryWriter writer, IReadOnlyList<CompiledRule> rules) =>
        WriteTable(writer, rules, rule =>
        {
            writer.Write(rule.PolicyIndex);
            WriteText(writer, rule.Name);
            writer.Write((uint)rule.Action);
            writer.Write((uint)rule.Mode);
            writer.Write((uint)rule.Severity);
            WriteTable(writer, rule.Tags, tag => WriteText(writer, tag));
            WriteText(writer, rule.Description);
        });

    private static void WriteOperations(BinaryWriter writer, OperationTable operations) =>
        WriteTable(writer, OperationTable.All, operation =>
        {
            var entry = operations[operation];
            writer.Write((uint)operation);
            writer.Write(entry.ValueId);
            writer.Write((uint)((entry.NeedsPath ? 1 : 0) | (entry.NeedsHash ? 2 : 0)));
        });

    private static void WriteCells(BinaryWriter writer, PolicyImage image)
    {
        writer.Write(image.ValueCount);
        writer.Write(image.WordCount);
        foreach (var word in image.Cells)
        {
            writer.Write(word);
        }
    }

    private static void WriteTable<T>(BinaryWriter writer, IReadOnlyList<T> entries, Action<T> write)
    {
        writer.Write((uint)entries.Count);
        foreach (var entry in entries)
        {
            write(entry);
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((uint)bytes.Length);
        writer.Write(bytes);
    }
}
