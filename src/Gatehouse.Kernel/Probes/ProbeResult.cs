namespace Gatehouse.Kernel;

/// <summary>The three answers of a probe.</summary>
public enum ProbeAnswer
{
    /// <summary>Present and working.</summary>
    Yes,

    /// <summary>Missing; <see cref="ProbeResult.Remedy"/> says what to do.</summary>
    No,

    /// <summary>It could not be found out; <see cref="ProbeResult.Detail"/> says why.</summary>
    Unknown,
}

/// <summary>What was found out about one thing that Gatehouse needs.</summary>
/// <param name="Name">Short stable name: "kernel-version", "btf", "lsm-list", "bpf-lsm-load", "storage", "ftrace", "bpffs", "ima", "fanotify", "capabilities", "libbpf".</param>
/// <param name="Title">For people.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Required">Whether enforcement is impossible without it.</param>
/// <param name="Detail">What was looked at and what was there.</param>
/// <param name="Remedy">The exact thing to do, or null if the answer is yes.</param>
public sealed record ProbeResult(string Name, string Title, ProbeAnswer Answer, bool Required, string Detail, string? Remedy);
