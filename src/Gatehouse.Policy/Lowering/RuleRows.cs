namespace Gatehouse.Policy;

/// <summary>
/// The rows of one rule: its normal form without the conjunctions that no operation of the rule can reach.
/// </summary>
internal static class RuleRows
{
    private static readonly PolicyField s_kind = FieldCatalog.Find("image.kind")!;

    private static readonly ulong s_library = 1UL << (int)s_kind.Words.First(w => w.Word is "library").Value;

    public static NormalForm Of(PolicyRule rule, SetAlgebra sets)
    {
        var form = DnfBuilder.Build(rule.When, sets);

        // Exec loads scripts, interpreters and executables; only a running process maps a library.
        return rule.On != RuleOperations.ProcessExec
            ? form
            : form with { Conjunctions = [.. form.Conjunctions.Where(row => !IsLibrary(row))] };
    }

    private static bool IsLibrary(Conjunction row) =>
        row.Find(FactKey.Of(FactKind.Word, s_kind)) is WordTest kinds && kinds.Accepted == s_library;
}
