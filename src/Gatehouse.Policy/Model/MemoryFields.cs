using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The fields of memory that becomes executable. Bits and numbers are those of the kernel side.</summary>
internal static class MemoryFields
{
    public const string Backing = "memory.backing";

    public const string Requested = "memory.requested";

    public const string Protection = "memory.protection";

    public const string Before = "memory.before";

    public const string Shared = "memory.shared";

    public const string Written = "memory.written";

    public const string Stack = "memory.stack";

    public const string Heap = "memory.heap";

    public const string ReadImpliesExecute = "memory.readImpliesExecute";

    /// <summary>The word of what can be written to.</summary>
    public const string Write = "write";

    /// <summary>The word of what may run.</summary>
    public const string Execute = "execute";

    /// <summary>What is behind the memory of an ordinary library.</summary>
    public const string File = "file";

    /// <summary>What is neither memory nor a regular file.</summary>
    public const string Device = "device";

    /// <summary>What is behind memory that nothing is behind.</summary>
    public const string Anonymous = "anonymous";

    private const RuleOperations Both = RuleOperations.MemoryMap | RuleOperations.MemoryProtect;

    /// <summary>The operations that make memory executable.</summary>
    public static RuleOperations Operations => Both;

    /// <summary>Backings that have a file, whose facts can be tested.</summary>
    public static ImmutableArray<string> WithFile { get; } = [File, "memfd", Device];

    public static ImmutableArray<PolicyField> All { get; } =
    [
        Access(Requested, 1, Both, "Protection that the call asks for."),
        Access(Protection, 8, Both, "Protection that the memory gets, also by the personality of the process."),
        Access(Before, 64, RuleOperations.MemoryProtect, "Protection that the memory had."),
        Flag(Shared, 512, "Whether the memory is shared: who else has it sees what is written."),
        Flag(Written, 1024, "Whether a page of private memory was written since it was mapped, whatever its protection is now."),
        Flag(Stack, 2048, "Whether it is a stack: of the first thread, of the calling thread, or memory that grows downwards."),
        Flag(Heap, 4096, "Whether it is the heap of brk."),
        Flag(ReadImpliesExecute, 8192, "Whether the personality of the process makes executable whatever it can read."),
        new PolicyField(Backing, FieldType.Word, FieldRole.Operation, 11, Both, "What is behind the memory.")
        {
            Words = [(Anonymous, 1), ("shared-memory", 2), (File, 3), ("memfd", 4), (Device, 5)],
        },
    ];

    private static PolicyField Access(string name, ulong first, RuleOperations operations, string description) =>
        new(name, FieldType.Words, FieldRole.Operation, 1, operations, description)
        {
            Words = [("read", first), (Write, first * 2), (Execute, first * 4)],
        };

    private static PolicyField Flag(string name, ulong bit, string description) =>
        new(name, FieldType.Flag, FieldRole.Operation, 1, Both, description) { Words = [(name, bit)] };
}
