using Gatehouse.Abi;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Tests;

/// <summary>A decision from the tables alone, step by step as bpf/lib/scan.h makes it: rules of the rows that are left.</summary>
internal sealed class TableScan(TableContents contents)
{
    private readonly uint[] _classes = new uint[(int)Source.Count];
    private readonly ulong[] _masks = new ulong[(int)Mask.Count];

    /// <summary>Sets a fact.</summary>
    public TableScan With(Source role, int source, uint @class)
    {
        _classes[(int)role + source] = @class;
        return this;
    }

    /// <summary>Sets the image's name and file as the kernel does for an inode that is bound.</summary>
    public TableScan WithBoundImage(InodeIdentity inode)
    {
        var name = contents.Bound.Single(b => b.Key.Inode == inode.Inode && b.Key.Device == inode.Device).Name;
        for (var i = 0; i < (int)Name.NameClasses; i++)
            With(Source.Image, (int)Name.NameClasses + i, name.Name[i]);
        return With(Source.Image, (int)ImageSource.File, name.File);
    }

    public TableScan WithMask(Mask role, int mask, ulong bits)
    {
        _masks[(int)role + mask] = bits;
        return this;
    }

    /// <summary>The rules whose rows are left, in order.</summary>
    public IReadOnlyList<int> Rules(Operation operation)
    {
        var rules = new List<int>();
        for (var word = 0; word < contents.Generation.Words; word++)
        {
            var bits = Scan(operation, word);
            for (var bit = 0; bit < 64; bit++)
            {
                if ((bits >> bit & 1) != 0)
                    rules.Add((int)contents.Rows[(word * 64) + bit].Rule);
            }
        }
        return rules;
    }

    private ulong Scan(Operation operation, int word)
    {
        var bits = Cell(contents.Generation.OperationValue[(int)operation], word);
        var plan = contents.Generation.Plan[(int)operation];
        ulong any = 0, term = 0;
        foreach (var step in contents.Steps.AsSpan((int)plan.First, (int)plan.Count))
        {
            var chosen = (StepKind)step.Kind == StepKind.Mask ? (uint)(_masks[step.Source] >> step.Bit & 1) : _classes[step.Source];
            if (chosen >= step.Count)
                throw new InvalidOperationException($"class {chosen} of source {step.Source} is not in its table");
            var flags = (StepFlag)step.Flags;
            var vector = Cell(contents.Values[step.Base + chosen], word);
            term = flags.HasFlag(StepFlag.TermBegin) ? vector : term & vector;
            if (flags.HasFlag(StepFlag.TermEnd))
                any |= term;
            if (flags.HasFlag(StepFlag.GroupEnd))
            {
                bits &= any;
                any = 0;
            }
        }
        return bits;
    }

    private ulong Cell(uint value, int word) => contents.Cells[(value * contents.Generation.Words) + (uint)word];
}
