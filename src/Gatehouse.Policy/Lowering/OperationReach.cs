using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Which operations a test can be fulfilled for, by what there is: a BPF program is no file, and everything else has no
/// program type. Such a test passes neither as it stands nor negated.
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

    /// <summary>Whether the operation has the fact at all.</summary>
    public static bool Has(GateOperation operation, PolicyField field) => operation == GateOperation.ImageLoadProgram
        ? !field.IsOfFiles
        : field.Name is not ProgramType;

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
                FieldRole.Image => operation != GateOperation.ImageLoadProgram,
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

    private static ulong KindsOf(GateOperation operation) => operation switch
    {
        GateOperation.ImageLoadKernel => s_kernelKinds,
        GateOperation.ImageLoadProgram => s_bpfProgram,
        _ => s_fileKinds,
    };

    private static ulong BitsOf(ImmutableArray<string> kinds) =>
        s_kind.Words.Where(w => kinds.Contains(w.Word, StringComparer.Ordinal)).Aggregate(0UL, static (bits, w) => bits | (1UL << (int)w.Value));
}
