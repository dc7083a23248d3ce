namespace Gatehouse.Policy;

/// <summary>From a rule's <c>on</c> to the operations of the kernel side.</summary>
internal static class OperationMapping
{
    public static RuleOperations RuleOperationOf(GateOperation operation) =>
        operation == GateOperation.ProcessExec ? RuleOperations.ProcessExec : RuleOperations.ImageLoad;

    /// <summary>
    /// Whether a row of a rule is for an operation: <c>on</c> names it, and the kind is one the row accepts.
    /// </summary>
    public static bool Concerns(RuleOperations on, ImageKinds kinds, GateOperation operation) =>
        (on & RuleOperationOf(operation)) != RuleOperations.None
        && (kinds & ImageKindNames.Of(operation)) != ImageKinds.None;

    public static bool ConcernsAny(RuleOperations on, ImageKinds kinds) =>
        OperationTable.All.Any(operation => Concerns(on, kinds, operation));
}
