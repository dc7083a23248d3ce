using System.Globalization;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Rendering;

/// <summary>How the agent is, for people.</summary>
internal static class StatusReport
{
    public static Report Of(AgentStatus status)
    {
        var report = new Report();
        var enforcement = status.Enforcement;
        report.Line(Label("health"), status.Health switch
        {
            AgentHealth.Ok => ("ok", Tone.Good),
            AgentHealth.Degraded => ("degraded", Tone.Warning),
            _ => ("FAILING", Tone.Bad),
        });
        foreach (var problem in status.Problems)
        {
            report.Line(Label("problem"), (problem, Tone.Bad));
        }

        report.Line(
            Label("enforcement"),
            enforcement.Proven ? ("proven", Tone.Good) : ("NOT PROVEN", Tone.Bad),
            $" at {Text(enforcement.CheckedAt)}",
            enforcement.Proven ? "" : enforcement.ProvenAt is { } at ? $", last proven at {Text(at)}" : ", never proven");
        foreach (var hook in enforcement.Canary)
        {
            report.Line(Label("canary"), hook.Denied ? ("denied ", Tone.Good) : ("NOT denied ", Tone.Bad), $"{hook.Hook}: {hook.Detail}");
        }

        foreach (var part in enforcement.Partly)
        {
            report.Line(Label("partly"), (Partly.Name(part), Tone.Warning), $": {part.Reason} ({part.Kernel})");
        }

        report.Line(Label("generation"), Number(enforcement.Generation));
        report.Line(Label("policies"), enforcement.PolicyFingerprint is { } print ? $"{status.Policies.Count}, fingerprint {print}" : "not known");
        foreach (var policy in status.Policies)
        {
            report.Line(Label("policy"), $"{policy.Name} (client {policy.Client}, altitude {policy.Altitude}, {policy.Rules} rules, {policy.FileName})");
        }

        if (status.Trial is { } trial)
        {
            report.Line(
                Label("trial"),
                ($"{string.Join(", ", trial.Policies.DefaultIfEmpty("no policy"))}: the agent goes back in {trial.RemainingSeconds:0} s unless confirmed", Tone.Warning));
        }

        if (status.Seal is { } seal)
        {
            Describe(report, seal);
        }

        Describe(report, status.Trust);
        report.Line(Label("agent"), $"version {status.Version}, pid {status.Pid}, since {Text(status.StartedAt)} ({status.UptimeSeconds:0} s)");
        report.Line(Label("kernel"), $"{status.KernelRelease}, boot {status.BootId}");
        report.Line(Label("object"), enforcement.ObjectFingerprint + (enforcement.TookOver ? " (taken over from an earlier agent)" : " (attached by this agent)"));
        Describe(report, status.Questions);
        Describe(report, status.Events);
        foreach (var (name, value) in status.Counters.OrderBy(static c => c.Key, StringComparer.Ordinal))
        {
            report.Line(Label("counter"), $"{name} {value}");
        }

        return report;
    }

    private static void Describe(Report report, SealStatus seal)
    {
        report.Line(
            Label("seal"),
            seal.Sealed ? ("sealed", Tone.Good) : ("LIFTED by a ticket", Tone.Warning),
            seal is { Sealed: true, Since: { } since } ? $" since {Text(since)}" : "",
            "; the agent's process is ",
            seal.ProcessKept ? ("kept", Tone.Good) : ("NOT kept: a ticket lets it be stopped", Tone.Warning));
        foreach (var protection in seal.Protected)
        {
            report.Line(Label("protected"), protection);
        }

        report.Line(Label("refused"), Counts(seal.Refused));
        if (seal.LastAttempt is { } attempt)
        {
            report.Line(Label("last attempt"), attempt);
        }
    }

    private static void Describe(Report report, TrustStatus trust)
    {
        if (trust.Refused is { } refused)
        {
            report.Line(Label("trust"), ("REFUSED, nothing new is trusted", Tone.Bad), $": {refused}");
            return;
        }

        report.Line(Label("trust"), trust.Exists
            ? $"number {trust.Counter} of {trust.Database}, {(trust.SignatureVerified ? "signed by the owner" : "not signed")}, read at {Text(trust.ReadAt)}: "
                + $"{trust.Digests} digests; entries {string.Join(", ", trust.Entries.Select(static e => $"{e.Key} {e.Value}"))}"
            : $"nothing is trusted: there is no {trust.Database} (gatehouse trust scan)");
        if (trust.LeftOut > 0)
        {
            report.Line(Label("trust"), ($"{trust.LeftOut} digests found no room in the kernel: their images are not trusted", Tone.Bad));
        }
    }

    private static void Describe(Report report, QuestionStatus? questions)
    {
        if (questions is null)
        {
            return;
        }

        report.Line(
            Label("questions"),
            questions.Active
                ? $"{questions.FileSystems} file systems watched; {questions.Opens} opens, {questions.NotImages} of no images, {questions.Unidentified} not identified, {questions.Waiting} waiting"
                : "no policy asks");
        foreach (var client in questions.Clients)
        {
            var state = client.Connected ? ($"connected (pid {client.Pid}, deadline {client.DeadlineMilliseconds} ms)", Tone.Good)
                : client.OutOfPath ? ("PUT OUT for missing questions: onMiss", Tone.Bad)
                : ((Piece)("not connected: onMiss", Tone.Warning));
            report.Line(
                Label("asked client"),
                $"{client.Name} (slot {client.Slot?.ToString(CultureInfo.InvariantCulture) ?? "none"}) ",
                state,
                $": asked {client.Asked}, allowed {client.Allowed}, denied {client.Denied}, missed {client.Missed}, pending {client.Pending}");
        }
    }

    private static void Describe(Report report, EventStatus events)
    {
        report.Line(Label("events"), $"last number {events.LastSequence}, cursor {events.LastCursor}; seen {Counts(events.Seen)}");
        var lost = events.LostInKernel.Values.Concat(events.SequenceGaps.Values).Any(static v => v > 0) || events.LostBySubscribers > 0;
        report.Line(
            Label("events lost"),
            ($"in kernel {Counts(events.LostInKernel)}; unexplained {Counts(events.SequenceGaps)}; by slow readers {events.LostBySubscribers}",
                lost ? Tone.Warning : Tone.Plain));
        report.Line(Label("subscribers"), events.Subscribers.ToString(CultureInfo.InvariantCulture));
    }

    private static Piece Label(string label) => ((label + ":").PadRight(14), Tone.Faint);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Counts(IReadOnlyDictionary<string, ulong> counts) => counts.Count == 0
        ? "0"
        : string.Join(", ", counts.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => $"{c.Key} {c.Value}"));
}
