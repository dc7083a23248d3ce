namespace Gatehouse.Sdk.Status;

/// <summary>What a program in the kernel cost.</summary>
public sealed record ProgramCost
{
    /// <summary>Its name, as `bpftool prog` shows its beginning.</summary>
    public required string Program { get; init; }

    /// <summary>How often it ran.</summary>
    public required ulong Runs { get; init; }

    /// <summary>How long, all together, in nanoseconds.</summary>
    public required ulong Nanoseconds { get; init; }

    /// <summary>How often the kernel left it out because it would have interrupted itself; anything but 0 is a fault.</summary>
    public required ulong Missed { get; init; }
}
