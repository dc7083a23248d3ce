using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Writes an image as bytes. Little-endian throughout; a text is its length in bytes (u32) and UTF-8; a table is its
/// length (u32) and its entries. Change <see cref="FormatVersion"/> with every change here.
/// </summary>
internal sealed class ImageWriter : IDisposable
{
    public const uint FormatVersion = 4;

    private const int SizeOffset = 8;

    private readonly BinaryWriter _writer;

    private ImageWriter(Stream stream) => _writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);

    public static byte[] Write(PolicyImage image)
    {
        using var stream = new MemoryStream();
        using var writer = new ImageWriter(stream);
        writer.WriteImage(image);
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SizeOffset), (uint)bytes.Length);
        return bytes;
    }

    public void Dispose() => _writer.Dispose();

    private void WriteImage(PolicyImage image)
    {
        _writer.Write("GHPI"u8);
        _writer.Write(FormatVersion);
        _writer.Write(0u);
        WriteTable(image.Policies, Write);
        WriteTable(image.Rules, Write);
        WriteTable(image.Rows, row => Write(row.RuleIndex, (int)row.OnMiss, (int)row.Action));
        WriteTable(image.AskedClients, Write);
        WriteTable(OperationTable.All, operation =>
        {
            Write((int)operation);
            Write(image.Operations[operation]);
        });
        foreach (var (word, plan) in Tests(image))
        {
            Write(word?.Word ?? -1);
            WriteTable(word?.Tests ?? [], Write);
            Write(plan);
        }

        Write(image.EnforcedValue, (int)image.LabelNeeds);
        WriteTable(image.Tables, table =>
        {
            Write((int)table.Kind, table.Positive);
            WriteTable(table.Values, value => Write(value));
        });
        WriteTable(image.BoundPaths, path =>
        {
            Write(path.Path);
            Write(path.NameClass, path.FileClass);
        });
        WriteTable(image.Hashes, hash =>
        {
            _writer.Write(hash.Sha256.AsSpan());
            Write(hash.Class);
        });
        WriteTable(image.Numbers, bounds => WriteTable(bounds, bound =>
        {
            _writer.Write(bound.Bound);
            Write(bound.Class);
        }));
        Write(image.Automaton);
        Write(image.ValueCount, image.WordCount);
        foreach (var word in image.Cells)
        {
            _writer.Write(word);
        }

        _writer.Flush();
    }

    private static (TestWord?, OperationEntry)[] Tests(PolicyImage image) =>
    [
        (image.AncestorTests, image.AncestorPlan),
        (image.ArgumentTests, image.ArgumentPlan),
        (image.EnvironmentTests, image.EnvironmentPlan),
    ];

    private void Write(CompiledPolicy policy)
    {
        Write(policy.Name);
        Write(policy.Client);
        Write(policy.Altitude);
        Write(policy.Description);
        Write(policy.FirstRow, policy.RowCount);
        Write(policy.SourceSha256);
    }

    private void Write(CompiledRule rule)
    {
        Write(rule.PolicyIndex);
        Write(rule.Name);
        Write((int)rule.Action, (int)rule.Mode, (int)rule.Severity);
        WriteTable(rule.Tags, Write);
        Write(rule.Description);
    }

    private void Write(OperationEntry entry)
    {
        Write(entry.ValueId, (int)entry.Needs);
        WriteTable(entry.Steps, step => Write(
            step.Table,
            step.Source,
            step.Bit,
            (step.BeginsTerm ? 1 : 0) | (step.EndsTerm ? 2 : 0) | (step.EndsGroup ? 4 : 0) | (step.IsMaskClass ? 8 : 0)));
    }

    private void Write(PathAutomaton automaton)
    {
        Write(automaton.ForwardStart, automaton.BackwardStart, automaton.GlobStart);
        WriteTable(automaton.States, state =>
            Write((int)state.Check, (int)state.Base, (int)state.Otherwise, (int)state.Accept));
    }

    private void WriteTable<T>(IReadOnlyList<T> entries, Action<T> write)
    {
        _writer.Write((uint)entries.Count);
        foreach (var entry in entries)
        {
            write(entry);
        }
    }

    private void Write(params ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
        {
            _writer.Write(number);
        }
    }

    private void Write(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _writer.Write((uint)bytes.Length);
        _writer.Write(bytes);
    }
}
