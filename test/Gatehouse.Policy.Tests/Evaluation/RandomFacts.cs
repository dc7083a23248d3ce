namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>Random facts about what random policies are about.</summary>
internal sealed class RandomFacts(Random random)
{
    private static readonly string[] s_execKinds = ["executable", "script", "interpreter"];

    private static readonly string[] s_kernelKinds = ["module", "kexec-image", "firmware"];

    private static readonly string[] s_withoutFile = ["anonymous", "shared-memory"];

    private readonly string[] _trusts = [.. FieldCatalog.Find("image.trust")!.Words.Select(w => w.Word)];

    private readonly string[] _rights = [.. FieldCatalog.Find("open.right")!.Words.Select(w => w.Word)];
    private readonly string[] _changes = [.. FieldCatalog.Find("credentials.change")!.Words.Select(w => w.Word)];
    private readonly ulong[] _namespaces = [.. FieldCatalog.Find("create.namespaces")!.Words.Select(w => w.Value)];
    private readonly ulong[] _creation = [.. FieldCatalog.Find("create.flags")!.Words.Select(w => w.Value)];
    private readonly ulong[] _memory = [.. MemoryFields.All.Where(f => f.Type != FieldType.Word).SelectMany(f => f.Words).Select(w => w.Value)];
    private readonly ulong[] _capabilities = [.. RandomPool.Capabilities.Select(c =>
        FieldCatalog.Find("process.capabilities")!.Words.First(w => string.Equals(w.Word, c, StringComparison.Ordinal)).Value)];

    public OperationFacts Next() => Next(random.Pick(OperationTable.All));

    public OperationFacts Next(GateOperation operation) => new()
    {
        Operation = operation,
        Process = Process(),
        Target = Process(),
        Image = Image(operation),
        Request = Request(operation),
    };

    private ProcessFacts Process()
    {
        var program = Program();
        return new ProcessFacts
        {
            Path = program.Path,
            BoundPaths = program.BoundPaths,
            Sha256 = program.Sha256,
            VolatileContent = program.VolatileContent,
            Uid = Id(),
            EffectiveUid = Id(),
            Gid = Id(),
            EffectiveGid = Id(),
            LoginUid = random.OneIn(3) ? uint.MaxValue : Id(),
            Capabilities = Bits(_capabilities),
            KernelThread = random.OneIn(4),
            Container = random.OneIn(2),
            Ancestors = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Program())],
        };
    }

    private ImageFacts Image(GateOperation operation)
    {
        var program = Program();
        return new ImageFacts
        {
            Path = program.Path,
            BoundPaths = program.BoundPaths,
            Sha256 = program.Sha256,
            VolatileContent = program.VolatileContent,
            Kind = operation switch
            {
                GateOperation.ImageLoadLibrary => "library",
                GateOperation.ImageLoadKernel => random.Pick(s_kernelKinds),
                _ => random.Pick(s_execKinds),
            },
            OwnerUid = Id(),
            OwnerGid = Id(),
            Size = random.Pick(RandomPool.Numbers),
            FileSystemMagic = random.Pick(RandomPool.FileSystemMagics),
            Flags = (ulong)random.Next(16384),
            VerityDigest = random.OneIn(2) ? null : random.Pick(RandomPool.Hashes),
            Trust = random.OneIn(4) ? null : random.Pick(_trusts),
            Answers = RandomPool.Clients.Where(_ => random.OneIn(2))
                .ToDictionary(c => c, _ => random.OneIn(2) ? ClientAnswer.Allow : ClientAnswer.Deny, StringComparer.Ordinal),
            ProgramType = random.OneIn(5) ? null : random.Pick(RandomPool.ProgramTypes),
        };
    }

    private RequestFacts Request(GateOperation operation) => new()
    {
        Right = random.Pick(_rights),
        Signal = Id(),
        Child = random.OneIn(2),
        SetuidGain = random.OneIn(2),
        IoWorker = random.OneIn(2),
        Namespaces = Bits(_namespaces),
        CreationFlags = Bits(_creation),
        Gained = Bits(_capabilities),
        Memory = Bits(_memory),
        Backing = operation switch
        {
            GateOperation.MemoryMapFile or GateOperation.MemoryProtectFile => random.Pick(MemoryFields.WithFile),
            GateOperation.MemoryMap or GateOperation.MemoryProtect => random.Pick(s_withoutFile),
            _ => null,
        },
        Change = random.Pick(_changes),
        NewUid = Id(),
        NewGid = Id(),
        ExitStatus = Id(),
        ExitSignal = Id(),
        Arguments = Texts(),
        Environment = Array.FindAll(Texts(), RandomPool.IsVariable),
    };

    private ProgramFacts Program() => new()
    {
        Path = random.OneIn(8) ? null : random.Pick<string>([.. RandomPool.Paths, .. RandomPool.OtherNames]),
        BoundPaths = random.OneIn(3) ? random.Some(RandomPool.Paths) : [],
        Sha256 = random.OneIn(3) ? null : random.OneIn(4) ? new string('0', 64) : random.Pick(RandomPool.Hashes),
        VolatileContent = random.OneIn(5),
    };

    private uint Id() => (uint)random.Pick(RandomPool.Numbers) + (uint)random.Next(2);

    private ulong Bits(ulong[] bits) => bits.Where(_ => random.OneIn(2)).Aggregate(0UL, (all, bit) => all | bit);

    private string[] Texts() =>
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Pick<string>([.. RandomPool.Texts, .. RandomPool.MoreTexts]))];
}
