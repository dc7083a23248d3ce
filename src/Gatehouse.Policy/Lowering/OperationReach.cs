using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Which operations a test can be fulfilled for, by what there is: a BPF program and anonymous memory are no file, and
/// everything else has no program type. Such a test passes neither as it stands nor negated.
/// </summary>
internal static class OperationReach
{
    public const string ProgramType = "image.programType";

    private static readonly PolicyField s_kind = FieldCatalog.Find(ImageFields.Kind)!;

    private static readonly PolicyField s_programType = FieldCatalog.Find(ProgramType)!;

    private static readonly FactKey s_kindKey = FactKey.Of(FactKind.Word, s_kind);

    private static readonly FactKey s_programTypeKey = FactKey.Of(FactKind.Word, s_programType);

    private static readonly ulong s_kernelKinds = BitsOf(ImageFields.KernelKinds);

    private static readonly ulong s_bpfProgram = BitsOf([ImageFields.BpfProgram]);

    private static readonly ulong s_fileKinds =
        s_kind.Words.Aggregate(0UL, static (bits, w) => bits | (1UL << (int)w.Value)) & ~s_kernelKinds & ~s_bpfProgram;

    private static readonly PolicyField s_backing = FieldCatalog.Find(MemoryFields.Backing)!;

    private static readonly FactKey s_backingKey = FactKey.Of(FactKind.Word, s_backing);

    private static readonly ulong s_backingsWithFile = BitsOf(s_backing, MemoryFields.WithFile);

    /// <summary>Whether the operation has the fact at all.</summary>
    public static bool Has(GateOperation operation, PolicyField field) =>
        (HasFile(operation) || !field.IsOfFiles) && (operation == GateOperation.ImageLoadProgram || field.Name is not ProgramType);

    /// <summary>The operation of a <see cref="RuleOperations.MemoryMap"/> or protect, by what is behind the memory.</summary>
    public static GateOperation OfMemory(RuleOperations operation, string? backing)
    {
        var hasFile = MemoryFields.WithFile.Contains(backing ?? MemoryFields.Anonymous, StringComparer.Ordinal);
        return operation == RuleOperations.MemoryMap
            ? hasFile ? GateOperation.MemoryMapFile : GateOperation.MemoryMap
            : hasFile ? GateOperation.MemoryProtectFile : GateOperation.MemoryProtect;
    }

    /// <summary>Whether an <c>ask</c> rule concerns the operation: who is asked is asked about a file.</summary>
    public static bool CanAsk(GateOperation operation) => operation != GateOperation.ImageLoadProgram;

    /// <summary>Whether a row can match the operation.</summary>
    public static bool Has(GateOperation operation, Conjunction row)
    {
        foreach (var (key, test) in row.Facts)
        {
            var reaches = key.Role switch
            {
                FieldRole.Image when key == s_kindKey => (((WordTest)test).Accepted & KindsOf(operation)) != 0,
                FieldRole.Image => HasFile(operation),
                FieldRole.Operation when key == s_backingKey => (((WordTest)test).Accepted & BackingsOf(operation)) != 0,
                FieldRole.Operation when key == s_programTypeKey => operation == GateOperation.ImageLoadProgram,
                _ => true,
            };
            if (!reaches)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasFile(GateOperation operation) =>
        operation is not (GateOperation.ImageLoadProgram or GateOperation.MemoryMap or GateOperation.MemoryProtect);

    private static ulong BackingsOf(GateOperation operation) => HasFile(operation) ? s_backingsWithFile : ~s_backingsWithFile;

    private static ulong KindsOf(GateOperation operation) => operation switch
    {
        GateOperation.ImageLoadKernel => s_kernelKinds,
        GateOperation.ImageLoadProgram => s_bpfProgram,
        _ => s_fileKinds,
    };

    private static ulong BitsOf(ImmutableArray<string> kinds) => BitsOf(s_kind, kinds);

    private static ulong BitsOf(PolicyField field, ImmutableArray<string> words) =>
        field.Words.Where(w => words.Contains(w.Word, StringComparer.Ordinal)).Aggregate(0UL, static (bits, w) => bits | (1UL << (int)w.Value));
}
