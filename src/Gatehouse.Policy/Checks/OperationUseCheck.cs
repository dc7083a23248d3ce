namespace Gatehouse.Policy;

/// <summary>Whether the operations of a rule have its action and the fields that it tests.</summary>
internal static class OperationUseCheck
{
    /// <summary>Where the acting process can be ended instead of being refused something.</summary>
    public const RuleOperations Killable = RuleOperations.ProcessExec | RuleOperations.MemoryMap | RuleOperations.MemoryProtect
        | RuleOperations.MemoryWriteText | RuleOperations.MemoryUserfaultfd;

    public static void Check(PolicyRule rule, IReadOnlyList<FoundTest> tests, DiagnosticBag diagnostics)
    {
        CheckAction(rule, diagnostics);
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var found in tests)
        {
            var missing = rule.On & ~found.Field.Operations;
            if (missing != RuleOperations.None && reported.Add(found.Field.Name))
            {
                diagnostics.Add(
                    DiagnosticCatalog.FieldNotAvailable,
                    found.Test.Span,
                    $"`{found.Field.Name}` does not exist for {Words(missing)}; it is a fact of {Words(found.Field.Operations)}.",
                    (rule.On & found.Field.Operations) == RuleOperations.None
                        ? null
                        : "write a rule of its own for each kind of operation");
            }

            if (found.Field.Type == FieldType.Texts && rule.Action is RuleAction.Allow or RuleAction.Deny or RuleAction.Ask)
            {
                diagnostics.Add(
                    DiagnosticCatalog.ArgumentsTooLate,
                    found.Test.Span,
                    $"`{found.Field.Name}` is known when the new program is in place, too late to {PolicyWords.Of(rule.Action)} {(rule.Action == RuleAction.Ask ? "about its" : "its")} start.",
                    rule.Action is RuleAction.Deny or RuleAction.Ask
                        ? "write action: kill, which ends it before its first instruction"
                        : "let it go on by not matching it: a kill rule with the opposite condition");
            }
        }
    }

    private static void CheckAction(PolicyRule rule, DiagnosticBag diagnostics)
    {
        var impossible = rule.Action switch
        {
            RuleAction.Kill => rule.On & ~Killable,
            RuleAction.Ask => rule.On & ~(RuleOperations.ProcessExec | RuleOperations.ImageLoad),
            RuleAction.Audit => RuleOperations.None,
            _ => rule.On & RuleOperations.ProcessExit,
        };
        if (impossible != RuleOperations.None)
        {
            diagnostics.Add(
                DiagnosticCatalog.ActionNotPossible,
                rule.Span,
                rule.Action switch
                {
                    RuleAction.Kill => $"The rule \"{rule.Name}\" kills on {Words(impossible)}, but `kill` exists for {Words(Killable)} only.",
                    RuleAction.Ask =>
                        $"The rule \"{rule.Name}\" asks on {Words(impossible)}, but `ask` exists for process.exec and image.load only.",
                    _ => $"The rule \"{rule.Name}\" is for process.exit, which has happened already: it can be reported only.",
                },
                rule.Action is RuleAction.Kill or RuleAction.Ask && impossible != RuleOperations.ProcessExit
                    ? "write action: deny"
                    : "write action: audit");
        }
    }

    private static string Words(RuleOperations operations) =>
        string.Join(", ", PolicyWords.Operations.Where(o => operations.HasFlag(o.Value)).Select(o => o.Word));
}
