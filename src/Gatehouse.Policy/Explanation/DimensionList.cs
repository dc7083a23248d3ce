using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The facts that plans look at, by their names.</summary>
internal static class DimensionList
{
    private const int FileSource = 9;

    public static ImmutableArray<DimensionExplanation> Of(PolicyImage image)
    {
        IEnumerable<OperationEntry> plans =
        [
            .. OperationTable.All.Select(o => image.Operations[o]), image.AncestorPlan, image.ArgumentPlan, image.EnvironmentPlan,
        ];
        return
        [
            .. plans.SelectMany(p => p.Steps)
                .Select(s => s with { BeginsTerm = true, EndsTerm = true, EndsGroup = true })
                .Distinct()
                .OrderBy(s => !s.IsClass)
                .ThenBy(s => s.Source)
                .ThenBy(s => s.Bit)
                .ThenBy(s => s.Table)
                .Select(s => (Name: NameOf(image, s), Table: image.Tables[s.Table]))
                .Where(d => d.Name is not null)
                .Select(d => new DimensionExplanation(
                    d.Name!, d.Table.Kind, d.Table.Values.Length, d.Table.Values.Distinct().Count())),
        ];
    }

    /// <summary>Null for the second and third name of a file, which are sorted by the tables of the first.</summary>
    private static string? NameOf(PolicyImage image, PlanStep step)
    {
        var (role, index) = step.IsClass
            ? (RoleOf(step.Source, FactSource.ClassOf), step.Source % 16)
            : (RoleOf(step.Source, FactSource.MaskOf), step.Source % 4);
        if (!step.IsClass)
        {
            return step.IsMaskClass ? FieldOf(role, f => f.IsMaskClass && f.Index == index) : BitNameOf(image, role, index, step.Bit);
        }

        var isName = index < (role == FieldRole.Operation ? 3 : FileSource);
        if (isName && role == FieldRole.Operation)
        {
            return $"texts ({MachineOf(index)})";
        }

        return isName && index >= 3
            ? null
            : isName
                ? $"{FieldOf(role, f => f.Type == FieldType.Path)} ({MachineOf(index)})"
                : FieldOf(role, f => f.Type < FieldType.Flag && !f.IsMaskClass && f.Index == index);
    }

    private static FieldRole RoleOf(int source, Func<FieldRole, int> begin) =>
        Enum.GetValues<FieldRole>().Last(role => begin(role) <= source);

    private static string MachineOf(int index) => index switch
    {
        0 => "forward",
        1 => "backward",
        _ => "glob",
    };

    private static string FieldOf(FieldRole role, Func<PolicyField, bool> matches) =>
        FieldCatalog.All.First(f => f.Role == role && matches(f)).Name;

    private static string BitNameOf(PolicyImage image, FieldRole role, int index, int bit)
    {
        var tests = (role, index) switch
        {
            (FieldRole.Process, TextIndex.Ancestors) => image.AncestorTests,
            (FieldRole.Operation, TextIndex.Arguments) => image.ArgumentTests,
            (FieldRole.Operation, TextIndex.Environment) => image.EnvironmentTests,
            _ => null,
        };
        if (tests is not null)
        {
            var of = role == FieldRole.Process ? "ancestor" : index == TextIndex.Arguments ? "exec.arguments" : "exec.environment";
            return $"{of}({tests.Tests[bit]})";
        }

        if (role == FieldRole.Image && index == ImageFields.AnswersMask)
        {
            var client = image.AskedClients[bit % ImageFields.RefusedBit];
            return $"answer of {client}: {(bit < ImageFields.RefusedBit ? "allow" : "deny")}";
        }

        var field = FieldCatalog.All.First(f => f.Type is FieldType.Flag or FieldType.Words
            && f.Role == role && f.Index == index && f.Words.Any(w => w.Value == 1UL << bit));
        return field.Type == FieldType.Flag ? field.Name : $"{field.Name} {field.Words.First(w => w.Value == 1UL << bit).Word}";
    }
}
