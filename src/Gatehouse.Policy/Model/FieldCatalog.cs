using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>All fields, in the order of the documentation.</summary>
public static class FieldCatalog
{
    private const RuleOperations AnyOperation = RuleOperations.ProcessExec | RuleOperations.ImageLoad
        | RuleOperations.ProcessCreate | RuleOperations.ProcessExit | RuleOperations.ProcessOpen
        | RuleOperations.ProcessCredentials | RuleOperations.ThreadCreate | RuleOperations.ThreadOpen
        | RuleOperations.MemoryMap | RuleOperations.MemoryProtect | RuleOperations.MemoryWriteText | RuleOperations.MemoryUserfaultfd;

    private const RuleOperations Open = RuleOperations.ProcessOpen | RuleOperations.ThreadOpen;

    private const RuleOperations Load = RuleOperations.ProcessExec | RuleOperations.ImageLoad;

    /// <summary>All of them.</summary>
    public static ImmutableArray<PolicyField> All { get; } =
    [
        .. OfProcess("process", FieldRole.Process, AnyOperation, "the acting process"),
        .. OfProcess("target", FieldRole.Target, Open, "the process that is acted on"),
        .. ImageFields.All(Load, MemoryFields.Operations),
        .. OperationFields.All,
        .. MemoryFields.All,
    ];

    /// <summary>The field of a name, or null.</summary>
    public static PolicyField? Find(string name) => All.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.Ordinal));

    private static IEnumerable<PolicyField> OfProcess(string prefix, FieldRole role, RuleOperations operations, string who)
    {
        PolicyField Field(string name, FieldType type, int index, string description) =>
            new($"{prefix}.{name}", type, role, index, operations, description.Replace("{who}", who, StringComparison.Ordinal));

        PolicyField Id(string name, int index, string description) =>
            Field(name, FieldType.Number, index, description) with { Numbers = NumberTable.Id };

        return
        [
            Field("executable", FieldType.Path, 0, "Path of the executable that {who} runs, as spelled when it was started."),
            Field("file", FieldType.File, 9, "The executable that {who} runs, by identity."),
            Field("sha256", FieldType.Sha256, 10, "SHA-256 of the executable that {who} runs, as it was when it was started."),
            Id("uid", 11, "Real user id of {who}."),
            Id("effectiveUid", 12, "Effective user id of {who}."),
            Id("gid", 13, "Real group id of {who}."),
            Id("effectiveGid", 14, "Effective group id of {who}."),
            Id("loginUid", 15, "User who logged in, as the audit subsystem knows it for {who}; 4294967295 if unset."),
            Field("capabilities", FieldType.Words, 1, "Effective capabilities of {who}.") with { Words = Capabilities.Words },
            Field("kernelThread", FieldType.Flag, 0, "Whether {who} is a kernel thread.") with { Words = [("kernelThread", 1)] },
            Field("container", FieldType.Flag, 0, "Whether the mount namespace of {who} is not that of the first process.")
                with { Words = [("container", 2)] },
        ];
    }
}
