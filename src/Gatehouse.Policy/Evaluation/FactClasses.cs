using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Facts as the kernel side holds them: classes and masks by source. Where a file was found at several paths the classes of
/// all of them are kept, and stand for their union.
/// </summary>
internal sealed class FactClasses
{
    private const int FileSource = 9;
    private const int HashSource = 10;
    private const int NameClasses = 3;
    private const int ProgramTypeSource = 10;
    private const int BackingSource = 11;

    private readonly PolicyImage _image;
    private readonly int[][] _classes = new int[FactSource.ClassCount][];
    private readonly ulong[] _masks = new ulong[FactSource.MaskCount];

    private FactClasses(PolicyImage image)
    {
        _image = image;
        Array.Fill(_classes, [0]);
    }

    public static FactClasses Of(PolicyImage image, OperationFacts facts)
    {
        var classes = new FactClasses(image);
        classes.AddProcess(FieldRole.Process, facts.Process);
        classes.AddProcess(FieldRole.Target, facts.Target);
        classes.AddImage(facts);
        classes.AddRequest(facts.Request, facts.Operation);
        classes._classes[FactSource.ClassOf(FieldRole.Operation) + ProgramTypeSource] = [WordClass(OperationReach.ProgramType, facts.Image.ProgramType)];
        return classes;
    }

    /// <summary>The vector that a step of a plan chooses.</summary>
    public ulong[] VectorOf(PlanStep step)
    {
        var table = _image.Tables[step.Table];
        return step.IsMaskClass
            ? _image.Vector(table.Values[(int)_masks[step.Source]]).ToArray()
            : step.Bit >= 0
            ? _image.Vector(table.Values[(int)(_masks[step.Source] >> step.Bit & 1)]).ToArray()
            : _classes[step.Source] is [var only]
                ? _image.Vector(table.Values[only]).ToArray()
                : _image.UnionOf(table, _classes[step.Source]);
    }

    private void AddProcess(FieldRole role, ProcessFacts process)
    {
        AddProgram(role, process);
        var numbers = FactSource.ClassOf(role) + HashSource + 1;
        foreach (var id in (uint[])[process.Uid, process.EffectiveUid, process.Gid, process.EffectiveGid, process.LoginUid])
        {
            _classes[numbers++] = [NumberClass(NumberTable.Id, id)];
        }

        var masks = FactSource.MaskOf(role);
        _masks[masks] = (process.KernelThread ? 1UL : 0) | (process.Container ? 2UL : 0);
        _masks[masks + 1] = process.Capabilities;
        if (role == FieldRole.Process && _image.AncestorTests is { } tests)
        {
            foreach (var ancestor in process.Ancestors)
            {
                var program = new FactClasses(_image);
                program.AddProgram(FieldRole.Process, ancestor);
                _masks[masks + TextIndex.Ancestors] |= PlanRunner.Run(_image, _image.AncestorPlan, program)[tests.Word];
            }
        }
    }

    private void AddImage(OperationFacts facts)
    {
        var image = facts.Image;
        AddProgram(FieldRole.Image, image);
        var source = FactSource.ClassOf(FieldRole.Image) + HashSource;
        _classes[source + 1] = [NumberClass(NumberTable.Id, image.OwnerUid)];
        _classes[source + 2] = [NumberClass(NumberTable.Id, image.OwnerGid)];
        _classes[source + 3] = [NumberClass(NumberTable.Size, image.Size)];
        _classes[source + 4] = [NumberClass(NumberTable.FileSystem, image.FileSystemMagic)];
        _classes[source + 5] = [WordClass(ImageFields.Kind, facts.Kind)];
        var masks = FactSource.MaskOf(FieldRole.Image);
        _masks[masks] = image.Flags;
        _masks[masks + 1] = (ulong)TrustClass(image);
        _masks[masks + 2] = (ulong)(image.VerityDigest is { } digest ? HashClass(digest) : HashClasses.Other);
        foreach (var (client, answer) in image.Answers)
        {
            var number = _image.AskedClients.IndexOf(client);
            _masks[masks + ImageFields.AnswersMask] |=
                number < 0 ? 0 : 1UL << (answer == ClientAnswer.Deny ? ImageFields.RefusedBit + number : number);
        }
    }

    private static int TrustClass(ImageFacts image) => image switch
    {
        { VolatileContent: true } => HashClasses.Volatile,
        { Trust: { } trust } => HashClasses.FirstTrust + WordClass(ImageFields.Trust, trust),
        _ => HashClasses.Unknown,
    };

    private void AddRequest(RequestFacts request, GateOperation operation)
    {
        var source = FactSource.ClassOf(FieldRole.Operation) + NameClasses;
        foreach (var number in (int[])
            [
                WordClass("open.right", request.Right),
                NumberClass(NumberTable.Signal, request.Signal),
                WordClass("credentials.change", request.Change),
                NumberClass(NumberTable.Id, request.NewUid),
                NumberClass(NumberTable.Id, request.NewGid),
                NumberClass(NumberTable.Status, request.ExitStatus),
                NumberClass(NumberTable.Signal, request.ExitSignal),
            ])
        {
            _classes[source++] = [number];
        }

        var masks = FactSource.MaskOf(FieldRole.Operation);
        _masks[masks] = (request.Child ? 1UL : 0) | (request.SetuidGain ? 2UL : 0) | (request.IoWorker ? 4UL : 0);
        _masks[masks + 1] = operation switch
        {
            GateOperation.ProcessCredentials => request.Gained,
            GateOperation.ProcessCreate or GateOperation.ThreadCreate => request.Namespaces | request.CreationFlags,
            _ => request.Memory,
        };
        _classes[FactSource.ClassOf(FieldRole.Operation) + BackingSource] = [WordClass(MemoryFields.Backing, request.Backing)];
        _masks[masks + TextIndex.Arguments] = TextMask(_image.ArgumentTests, _image.ArgumentPlan, request.Arguments);
        _masks[masks + TextIndex.Environment] = TextMask(_image.EnvironmentTests, _image.EnvironmentPlan, request.Environment);
    }

    /// <summary>Names, file and hash, which stand at the same places for processes and images.</summary>
    private void AddProgram(FieldRole role, ProgramFacts program)
    {
        var source = FactSource.ClassOf(role);
        if (program.Path is { } path)
        {
            AddName(source, Encoding.UTF8.GetBytes(path));
        }

        var bound = program.BoundPaths.Select(_image.FindBound).OfType<BoundPath>().Distinct().ToArray();
        if (bound.Any(b => b.NameClass != 0))
        {
            _classes[source + NameClasses] = [.. bound.Select(b => b.NameClass)];
            _classes[source + NameClasses + 1] = [FactSource.AllRows];
            _classes[source + NameClasses + 2] = [FactSource.AllRows];
        }

        _classes[source + FileSource] = bound.Length == 0 ? [0] : [.. bound.Select(b => b.FileClass)];
        _classes[source + HashSource] = [HashClass(program)];
    }

    private void AddName(int source, ReadOnlySpan<byte> name)
    {
        var (forward, backward, glob) = _image.Automaton.Classify(name);
        _classes[source] = [forward];
        _classes[source + 1] = [backward];
        _classes[source + 2] = [glob];
    }

    private ulong TextMask(TestWord? tests, OperationEntry plan, IReadOnlyList<string> texts)
    {
        var mask = 0UL;
        foreach (var text in tests is null ? [] : texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var classes = new FactClasses(_image);
            classes.AddName(
                FactSource.ClassOf(FieldRole.Operation), bytes.AsSpan(0, Math.Min(bytes.Length, FactsGuard.MaxTextBytes)));
            mask |= PlanRunner.Run(_image, plan, classes)[tests!.Word];
        }

        return mask;
    }

    private int NumberClass(NumberTable table, ulong number)
    {
        var found = 0;
        foreach (var bound in _image.Numbers[(int)table])
        {
            if (bound.Bound > number)
            {
                break;
            }

            found = bound.Class;
        }

        return found;
    }

    private static int WordClass(string field, string? word)
    {
        foreach (var (candidate, value) in FieldCatalog.Find(field)!.Words)
        {
            if (string.Equals(candidate, word, StringComparison.Ordinal))
            {
                return (int)value;
            }
        }

        return 0;
    }

    private int HashClass(ProgramFacts program) => program switch
    {
        { VolatileContent: true } => HashClasses.Volatile,
        { Sha256: { } known } => HashClass(known),
        _ => HashClasses.Unknown,
    };

    private int HashClass(string hash)
    {
        var sha256 = Convert.FromHexString(hash);
        var (low, high) = (0, _image.Hashes.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (_image.Hashes[middle].Sha256.AsSpan().SequenceCompareTo(sha256))
            {
                case 0:
                    return _image.Hashes[middle].Class;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return HashClasses.Other;
    }
}
