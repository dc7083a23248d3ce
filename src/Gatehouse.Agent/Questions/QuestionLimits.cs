namespace Gatehouse.Agent.Questions;

/// <summary>How long things may take, and how many there may be, while clients are asked.</summary>
internal sealed record QuestionLimits
{
    public static readonly TimeSpan ShortestDeadline = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(2);

    /// <summary>The agent waits this much of the deadline longer than it says, and never less than <see cref="LeastHeadroom"/>.</summary>
    public double HeadroomShare { get; init; } = 0.1;

    public TimeSpan LeastHeadroom { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>After so many questions in a row without an answer a client is put out of the path.</summary>
    public int MissesAllowed { get; init; } = 3;

    /// <summary>Questions that a client may have before it; more count as missed at once.</summary>
    public int PendingPerClient { get; init; } = 1024;

    /// <summary>Contents whose answers are kept here, so that a file that cannot be marked is not asked about again.</summary>
    public int KeptContents { get; init; } = 32 * 1024;

    /// <summary>Threads that look at files: a slow disk holds up one of them.</summary>
    public int Lookers { get; init; } = 8;

    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the agent may not say that it works before the kernel ends it.</summary>
    public TimeSpan DeadMan { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan HeadroomOf(TimeSpan deadline) =>
        TimeSpan.FromTicks(Math.Max(LeastHeadroom.Ticks, (long)(deadline.Ticks * HeadroomShare)));
}
