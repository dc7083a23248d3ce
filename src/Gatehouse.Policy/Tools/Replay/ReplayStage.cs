namespace Gatehouse.Policy;

/// <summary>
/// Which rules are looked at in which stage of an exec: what tests arguments or environment is decided when the new
/// program is in place, and then nothing can be refused any more.
/// </summary>
internal static class ReplayStage
{
    public static bool Has(PolicyRule rule, GateOperation operation)
    {
        if ((rule.On & OperationMapping.RuleOperationOf(operation)) == RuleOperations.None)
        {
            return false;
        }

        return operation != GateOperation.ProcessExecArguments
            || MissingFacts.Fields(rule.When).Any(IsLate)
            || (rule.Decides && rule.Action is RuleAction.Allow or RuleAction.Kill);
    }

    /// <summary>Whether the field is known in the second stage only.</summary>
    public static bool IsLate(PolicyField field) => field.Type == FieldType.Texts;

    public static Outcome OutcomeOf(RuleAction action) => action switch
    {
        RuleAction.Deny => Outcome.Deny,
        RuleAction.Kill => Outcome.Kill,
        _ => Outcome.Allow,
    };
}
