namespace Gatehouse.Policy;

/// <summary>Which rows an operation decides by.</summary>
internal static class StageRows
{
    public static IReadOnlyList<LaidOutRow> Of(ImageLayout layout, GateOperation operation)
    {
        var on = OperationMapping.RuleOperationOf(operation);
        var concerned = layout.Used.Where(r => r.Rule is { } rule
            && (rule.On & on) != RuleOperations.None
            && (rule.Action != RuleAction.Ask || OperationReach.CanAsk(operation))
            && OperationReach.Has(operation, r.Conjunction)).ToList();
        return operation switch
        {
            GateOperation.ProcessExec => [.. concerned.Where(r => !r.Conjunction.TestsTexts)],
            GateOperation.ProcessExecArguments => layout.TestsTexts ? SecondStage(concerned) : [],
            _ => concerned,
        };
    }

    /// <summary>
    /// The rows that had to wait for the arguments, and those before them that decide: an allow rule keeps its place before
    /// a later kill. What refuses has refused, and what only reports has reported.
    /// </summary>
    private static List<LaidOutRow> SecondStage(List<LaidOutRow> rows) =>
        rows.FindAll(r => r.Conjunction.TestsTexts
            || (r.Rule!.Decides && r.Rule.Action is RuleAction.Allow or RuleAction.Kill));
}
