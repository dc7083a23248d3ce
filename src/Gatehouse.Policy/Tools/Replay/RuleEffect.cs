namespace Gatehouse.Policy;

/// <summary>What rules are for, and what they lead to.</summary>
internal static class RuleEffect
{
    /// <summary>Whether a rule is for the operation at all.</summary>
    public static bool Has(PolicyRule rule, GateOperation operation) =>
        (rule.On & OperationMapping.RuleOperationOf(operation)) != RuleOperations.None;

    public static Outcome OutcomeOf(RuleAction action) => action switch
    {
        RuleAction.Deny => Outcome.Deny,
        RuleAction.Kill => Outcome.Kill,
        _ => Outcome.Allow,
    };
}
