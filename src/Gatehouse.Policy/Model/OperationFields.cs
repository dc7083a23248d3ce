using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The fields of operations themselves.</summary>
internal static class OperationFields
{
    private const RuleOperations Open = RuleOperations.ProcessOpen | RuleOperations.ThreadOpen;

    private const RuleOperations Create = RuleOperations.ProcessCreate | RuleOperations.ThreadCreate;

    public static ImmutableArray<PolicyField> All { get; } =
    [
        Word("open.right", 3, Open, "Right that is asked for; each is decided by itself.",
        [
            ("query", 1), ("read-memory", 2), ("write-memory", 3), ("debug", 4), ("duplicate-descriptor", 5), ("terminate", 6),
            ("suspend", 7), ("resume", 8), ("signal", 9), ("set-scheduling", 10), ("set-limits", 11), ("move-memory", 12),
            ("freeze", 13), ("kill-group", 14), ("oom-adjust", 15),
        ]),
        Number("open.signal", 4, Open, NumberTable.Signal, "Number of the signal that is sent; 0 if none is."),
        Flag("open.child", 1, Open, "Whether the target is a child of the acting process."),
        Flag("exec.setuidGain", 2, RuleOperations.ProcessExec, "Whether the exec changes the effective user or adds capabilities."),
        new("exec.arguments", FieldType.Texts, FieldRole.Operation, 2, RuleOperations.ProcessExec,
            "Arguments, the program's own name first; an argument of more than 255 bytes is compared by its first 255."),
        new("exec.environment", FieldType.Texts, FieldRole.Operation, 3, RuleOperations.ProcessExec,
            "Names of the environment variables."),
        new PolicyField("create.namespaces", FieldType.Words, FieldRole.Operation, 1, Create, "Namespaces that are made for it.")
        {
            Words =
            [
                ("cgroup", 0x2000000), ("ipc", 0x8000000), ("mount", 0x20000), ("network", 0x40000000), ("pid", 0x20000000),
                ("time", 0x80), ("user", 0x10000000), ("uts", 0x4000000),
            ],
        },
        new PolicyField(
            "create.flags", FieldType.Words, FieldRole.Operation, 1, Create, "What it shares with its maker, and how it is made.")
        {
            // CLONE_FILES and so on, of linux/sched.h.
            Words =
            [
                ("share-descriptors", 0x400), ("share-file-system", 0x200), ("share-memory", 0x100), ("share-signal-handlers", 0x800),
                ("same-parent", 0x8000), ("traced", 0x2000), ("vfork", 0x4000),
            ],
        },
        Flag("create.ioWorker", 4, RuleOperations.ThreadCreate, "Whether the thread is a worker of io_uring."),
        Word("credentials.change", 5, RuleOperations.ProcessCredentials, "What changes.",
            [("uid", 1), ("gid", 2), ("groups", 3), ("capabilities", 4), ("user-namespace", 5)]),
        Number("credentials.newUid", 6, RuleOperations.ProcessCredentials, NumberTable.Id, "Effective user id afterwards."),
        Number("credentials.newGid", 7, RuleOperations.ProcessCredentials, NumberTable.Id, "Effective group id afterwards."),
        new PolicyField(
            "credentials.gained", FieldType.Words, FieldRole.Operation, 1, RuleOperations.ProcessCredentials,
            "Capabilities that are added to a set of the process.")
        {
            Words = Capabilities.Words,
        },
        Number("exit.status", 8, RuleOperations.ProcessExit, NumberTable.Status, "Exit status, 0 to 255; 0 if a signal ended it."),
        Number("exit.signal", 9, RuleOperations.ProcessExit, NumberTable.Signal, "Number of the signal that ended it; 0 if none did."),
    ];

    private static PolicyField Word(
        string name, int index, RuleOperations operations, string description, ImmutableArray<(string, ulong)> words) =>
        new(name, FieldType.Word, FieldRole.Operation, index, operations, description) { Words = words };

    private static PolicyField Number(
        string name, int index, RuleOperations operations, NumberTable numbers, string description) =>
        new(name, FieldType.Number, FieldRole.Operation, index, operations, description) { Numbers = numbers };

    private static PolicyField Flag(string name, ulong bit, RuleOperations operations, string description) =>
        new(name, FieldType.Flag, FieldRole.Operation, 0, operations, description) { Words = [(name, bit)] };
}
