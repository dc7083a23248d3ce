namespace Gatehouse.Sdk.Status;

/// <summary>What our programs in the kernel cost while they were watched: the answer of <c>GET /v1/cost</c>.</summary>
/// <remarks>
/// The kernel counts (BPF_ENABLE_STATS, Linux 5.8), which adds two readings of the clock to each run. What the kernel does to call a program,
/// tens of instructions, is not in it.
/// </remarks>
public sealed record CostReport
{
    /// <summary>How long was counted, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Processors of the host; the programs' time is that of all of them.</summary>
    public required int Processors { get; init; }

    /// <summary>Each program that is attached, by name.</summary>
    public required IReadOnlyList<ProgramCost> Programs { get; init; }
}
