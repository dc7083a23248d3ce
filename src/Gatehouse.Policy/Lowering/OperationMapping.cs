namespace Gatehouse.Policy;

/// <summary>From the operations of the kernel side to those of a rule's <c>on</c>.</summary>
internal static class OperationMapping
{
    public static RuleOperations RuleOperationOf(GateOperation operation) => operation switch
    {
        GateOperation.ProcessExec or GateOperation.ProcessExecArguments => RuleOperations.ProcessExec,
        GateOperation.ImageLoadExecutable or GateOperation.ImageLoadLibrary or GateOperation.ImageLoadKernel
            or GateOperation.ImageLoadProgram => RuleOperations.ImageLoad,
        GateOperation.ProcessCreate => RuleOperations.ProcessCreate,
        GateOperation.ProcessExit => RuleOperations.ProcessExit,
        GateOperation.ProcessOpen => RuleOperations.ProcessOpen,
        GateOperation.ProcessCredentials => RuleOperations.ProcessCredentials,
        GateOperation.ThreadCreate => RuleOperations.ThreadCreate,
        GateOperation.ThreadOpen => RuleOperations.ThreadOpen,
        GateOperation.MemoryMap or GateOperation.MemoryMapFile => RuleOperations.MemoryMap,
        GateOperation.MemoryProtect or GateOperation.MemoryProtectFile => RuleOperations.MemoryProtect,
        GateOperation.MemoryWriteText => RuleOperations.MemoryWriteText,
        GateOperation.MemoryUserfaultfd => RuleOperations.MemoryUserfaultfd,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "There is no such operation."),
    };
}
