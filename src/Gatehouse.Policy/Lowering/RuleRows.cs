namespace Gatehouse.Policy;

/// <summary>
/// The rows of one rule: its normal form without the conjunctions that no operation of the rule can reach.
/// </summary>
internal static class RuleRows
{
    private static readonly PolicyField s_kind = FieldCatalog.Find(ImageFields.Kind)!;

    private static readonly ulong s_byExec =
        s_kind.Words.Where(w => w.Word is "executable" or "script" or "interpreter").Aggregate(0UL, (kinds, w) => kinds | (1UL << (int)w.Value));

    public static NormalForm Of(PolicyRule rule, SetAlgebra sets)
    {
        var form = DnfBuilder.Build(rule.When, sets);

        // Exec loads scripts, interpreters and executables, and nothing else.
        return rule.On != RuleOperations.ProcessExec
            ? form
            : form with { Conjunctions = [.. form.Conjunctions.Where(row => IsByExec(row))] };
    }

    private static bool IsByExec(Conjunction row) =>
        row.Find(FactKey.Of(FactKind.Word, s_kind)) is not WordTest kinds || (kinds.Accepted & s_byExec) != 0;
}
