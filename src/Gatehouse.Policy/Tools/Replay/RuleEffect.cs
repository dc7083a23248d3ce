namespace Gatehouse.Policy;

/// <summary>What rules are for.</summary>
internal static class RuleEffect
{
    /// <summary>Whether a rule is for the operation at all.</summary>
    public static bool Has(PolicyRule rule, GateOperation operation) =>
        (rule.On & OperationMapping.RuleOperationOf(operation)) != RuleOperations.None
        && (rule.Action != RuleAction.Ask || OperationReach.CanAsk(operation));
}
