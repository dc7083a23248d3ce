namespace Gatehouse.KernelTests.Guest;

/// <summary>
/// An agent that is told of decisions only if a rule took part. An agent that is told of all has every file looked at anew for the
/// sake of the event, so that what is remembered of files, and of verdicts on them, is used beside this one only.
/// </summary>
public sealed class QuietAgent : GuestAgent
{
    public QuietAgent() => Options = ["--report", "matched", "--question-watchdog", "10"];
}
