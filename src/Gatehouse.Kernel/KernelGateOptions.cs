namespace Gatehouse.Kernel;

/// <summary>How enforcement is attached.</summary>
public sealed record KernelGateOptions
{
    /// <summary>Where enforcement is pinned.</summary>
    public const string DefaultPinRoot = "/sys/fs/bpf/gatehouse";

    /// <summary>Folder on bpffs below which links and maps are pinned. Default <c>/sys/fs/bpf/gatehouse</c>.</summary>
    public string PinRoot { get; init; } = DefaultPinRoot;

    /// <summary>
    /// Size of the event ring in bytes: a power of two and a multiple of the page size. Default 8 MiB. Without effect
    /// when enforcement that is already there is taken over.
    /// </summary>
    public int RingBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Which decisions are reported. Default all.</summary>
    public ReportMode Reporting { get; init; } = ReportMode.All;
}
