namespace Gatehouse.Cli.Selftests;

/// <summary>What came of a way.</summary>
internal enum WayOutcome
{
    /// <summary>It works on what is not protected, and the kernel refused it on what is, which is unharmed.</summary>
    Refused,

    /// <summary>It went through, or did harm. A failure.</summary>
    LetThrough,

    /// <summary>It ended otherwise than by a refusal. A failure: nobody knows whether it was refused.</summary>
    Unknown,

    /// <summary>This kernel or this configuration cannot refuse it, and says so.</summary>
    NotRefusable,

    /// <summary>It does not work here on what is not protected either, so that a refusal would prove nothing.</summary>
    NotTested,
}

/// <summary>What came of a way, and why.</summary>
internal sealed record WayResult(Way Way, WayOutcome Outcome, string Why)
{
    public bool IsFailure => Outcome is WayOutcome.LetThrough or WayOutcome.Unknown;
}
