using System.CommandLine;
using System.Globalization;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse status</c>: how the agent is.</summary>
/// <remarks>0 if all is well, 1 if degraded, 3 if no agent answers, 4 if a canary denial does not happen or nothing is in force.</remarks>
internal sealed class StatusCommand : CliCommand
{
    public StatusCommand(CliContext context)
        : base("status", "Show how the agent is and whether enforcement is proven.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        var cost = new Option<bool>("--cost") { Description = "Show what the programs in the kernel cost this host, counted for some seconds." };
        var seconds = CliContext.WholeNumber("--seconds", "N", "How long --cost counts, 1 to 30 s; 5 s by default.", 1, 30);
        Options.Add(json);
        Options.Add(cost);
        Options.Add(seconds);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(
            result,
            client => result.GetValue(cost)
                ? CostAsync(client, result.GetValue(seconds) ?? 5, result.GetValue(json), cancellationToken)
                : RunAsync(client, result.GetValue(json), cancellationToken)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse status", "Show everything."),
        new("sudo gatehouse status --cost --seconds 20", "What each program in the kernel costs, as the kernel counts it."),
        new("sudo gatehouse status --json | jq .enforcement.proven", "Whether every canary denial happens."),
    ];

    public override string Statuses => "0 ok, 1 degraded, or failed, 2 bad usage, 3 no agent answers, 4 the host is not protected";

    private async Task<int> RunAsync(ControlClient client, bool json, CancellationToken cancellationToken)
    {
        var status = await client.GetStatusAsync(cancellationToken);
        if (json)
        {
            Context.WriteJson(status, GatehouseJson.Default.AgentStatus);
        }
        else
        {
            Context.Write(Describe(status));
        }

        return status.Health switch
        {
            _ when !status.Enforcement.Proven => ExitStatus.NotEnforcing,
            AgentHealth.Ok => ExitStatus.Ok,
            AgentHealth.Degraded => ExitStatus.Failed,
            _ => ExitStatus.NotEnforcing,
        };
    }

    private async Task<int> CostAsync(ControlClient client, int seconds, bool json, CancellationToken cancellationToken)
    {
        var report = await client.GetCostAsync(seconds, cancellationToken);
        if (json)
        {
            Context.WriteJson(report, GatehouseJson.Default.CostReport);
        }
        else
        {
            Context.Write(CostTable.Of(report));
        }

        return ExitStatus.Ok;
    }

    private static Report Describe(AgentStatus status)
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
