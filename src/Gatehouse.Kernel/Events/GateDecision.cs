namespace Gatehouse.Kernel;

/// <summary>One decision of the kernel side, decoded from the event ring. Strings are copies.</summary>
public sealed record GateDecision
{
    /// <summary>Global sequence number, from 1; a gap is a loss.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Sequence number within the class ("process", "image", "thread"), from 1.</summary>
    public required ulong ClassSequence { get; init; }

    /// <summary>CLOCK_BOOTTIME when the decision was made.</summary>
    public required TimeSpan SinceBoot { get; init; }

    /// <summary>The operation as the <c>on</c> of a rule has it: "process.exec", "image.load" and so on.</summary>
    public required string Operation { get; init; }

    /// <summary>The hook that decided, as the kernel calls it: "bprm_check_security", "mmap_file", "task_kill" and so on.</summary>
    public required string Hook { get; init; }

    /// <summary>True if the operation was refused.</summary>
    public required bool Denied { get; init; }

    /// <summary>True if the acting process was killed, instead of or beside being refused.</summary>
    public bool Killed { get; init; }

    /// <summary>
    /// Why: "rule", "no-rule", "canary", or a fail-closed reason ("generation-race", "table-missing", "subject-unknown",
    /// "no-memory").
    /// </summary>
    public required string Reason { get; init; }

    /// <summary>Index of the deciding rule in the image of <see cref="Generation"/>, or null.</summary>
    public required int? Rule { get; init; }

    /// <summary>Index of the first rule that matched without enforcing (audit), or null.</summary>
    public required int? AuditedRule { get; init; }

    /// <summary>Policy generation that decided; 0 = none loaded.</summary>
    public required ulong Generation { get; init; }

    /// <summary>The acting process.</summary>
    public required GateProcess Process { get; init; }

    /// <summary>The image that was to be loaded, or null if the operation has none.</summary>
    public GateImage? Image { get; init; }

    /// <summary>The process that was acted on, or null if the operation has none.</summary>
    public GateTarget? Target { get; init; }

    /// <summary>What was asked; what the operation does not have is null.</summary>
    public GateRequest? Request { get; init; }

    /// <summary>Names of text fields that did not fit and were cut.</summary>
    public required IReadOnlyList<string> Truncated { get; init; }
}
