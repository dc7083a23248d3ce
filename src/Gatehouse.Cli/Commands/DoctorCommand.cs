using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Kernel;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse doctor</c>: can this host enforce, and what to do if not.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>0</term><description>It can: every required answer is yes, or a running agent's canary denials happen.</description></item>
/// <item><term>1</term><description>It could not be found out.</description></item>
/// <item><term>4</term><description>It cannot, or a running agent's canary denials do not happen.</description></item>
/// </list>
/// </remarks>
internal sealed class DoctorCommand : CliCommand
{
    private static readonly TimeSpan AgentMayTake = TimeSpan.FromSeconds(5);

    public DoctorCommand(CliContext context)
        : base("doctor", "Find out whether this host can enforce, and what to do if not.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        Options.Add(json);
        SetAction((result, cancellationToken) => RunAsync(result, result.GetValue(json), cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse doctor", "Look at everything; some of it only root may see."),
        new("sudo gatehouse doctor --json | jq -r '.probes[] | select(.answer != \"yes\") | .remedy'", "List what to do."),
    ];

    public override string Statuses => "0 this host can enforce, 1 it could not be found out, 2 bad usage, 4 it cannot";

    private async Task<int> RunAsync(ParseResult result, bool json, CancellationToken cancellationToken)
    {
        var probes = Context.Environment.RunProbes();
        IReadOnlyList<PartialEnforcement> partly =
        [
            .. Context.Environment.FindPartlyEnforced().Select(static p => new PartialEnforcement
            {
                Operation = p.Operation,
                Right = p.Right,
                Reason = p.Reason,
                Kernel = p.Kernel,
            }),
        ];
        var agent = await AskAgentAsync(result.GetValue(Context.Socket)!, cancellationToken);
        var (answer, status) = Judge(probes, agent);
        if (json)
        {
            Context.WriteJson(
                new DoctorReport(
                    Word(answer),
                    [.. probes.Select(static p => new DoctorProbe(p.Name, p.Title, Word(p.Answer), p.Required, p.Detail, p.Remedy))],
                    partly,
                    agent),
                CliJson.Default.DoctorReport);
            return status;
        }

        var report = new Report();
        foreach (var probe in probes)
        {
            Describe(report, probe);
        }

        foreach (var part in partly)
        {
            report.Line(("partly  ", Tone.Warning), (Partly.Name(part), Tone.Strong), $": {part.Reason} ({part.Kernel})");
        }

        Describe(report, agent);
        report.Line("");
        report.Line(answer switch
        {
            ProbeAnswer.Yes => ("This host can enforce.", Tone.Good),
            ProbeAnswer.No => ("This host cannot enforce.", Tone.Bad),
            _ => ("It could not be found out whether this host can enforce.", Tone.Warning),
        });
        Context.Write(report);
        return status;
    }

    // What happens counts more than what should: a canary denial proves that the host can, its absence that it does not.
    private static (ProbeAnswer Answer, int Status) Judge(IReadOnlyList<ProbeResult> probes, DoctorAgent agent)
    {
        if (agent.Enforcement is { } enforcement)
        {
            return enforcement.Proven ? (ProbeAnswer.Yes, ExitStatus.Ok) : (ProbeAnswer.No, ExitStatus.NotEnforcing);
        }

        var required = probes.Where(static p => p.Required).ToList();
        if (required.Any(static p => p.Answer == ProbeAnswer.No))
        {
            return (ProbeAnswer.No, ExitStatus.NotEnforcing);
        }

        return required.Count > 0 && required.All(static p => p.Answer == ProbeAnswer.Yes)
            ? (ProbeAnswer.Yes, ExitStatus.Ok)
            : (ProbeAnswer.Unknown, ExitStatus.Failed);
    }

    private static void Describe(Report report, ProbeResult probe)
    {
        var tone = probe.Answer switch
        {
            ProbeAnswer.Yes => Tone.Good,
            ProbeAnswer.No => probe.Required ? Tone.Bad : Tone.Warning,
            _ => Tone.Warning,
        };
        report.Line(
            (Word(probe.Answer).PadRight(8), tone),
            (probe.Title, Tone.Strong),
            probe.Required ? "" : (" (optional)", Tone.Faint),
            ": " + probe.Detail);
        if (probe.Remedy is { } remedy)
        {
            report.Line(("        remedy: ", Tone.Good), remedy);
        }
    }

    private static void Describe(Report report, DoctorAgent agent)
    {
        if (agent.Enforcement is not { } enforcement)
        {
            report.Line(("-       ", Tone.Faint), ("agent", Tone.Strong), ": " + agent.Reason);
            return;
        }

        report.Line(
            enforcement.Proven ? ("yes     ", Tone.Good) : ("no      ", Tone.Bad),
            ("agent", Tone.Strong),
            enforcement.Proven ? ": every canary denial happened" : ": a canary denial did NOT happen");
        foreach (var problem in agent.Problems)
        {
            report.Line(("        problem: ", Tone.Warning), problem);
        }

        foreach (var hook in enforcement.Canary)
        {
            report.Line(hook.Denied ? ("        denied   ", Tone.Good) : ("        NOT denied ", Tone.Bad), $"{hook.Hook}: {hook.Detail}");
        }
    }

    private static async Task<DoctorAgent> AskAgentAsync(string socket, CancellationToken cancellationToken)
    {
        using var client = new ControlClient(socket);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(AgentMayTake);
        try
        {
            var status = await client.GetStatusAsync(limited.Token);
            return new DoctorAgent(Reachable: true, null, status.Health, status.Enforcement) { Problems = status.Problems };
        }
        catch (Exception e) when (e is AgentUnreachableException or ControlProtocolException or ControlProblemException)
        {
            return new DoctorAgent(Reachable: false, e.Message, null, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DoctorAgent(Reachable: false, "the agent does not answer in time", null, null);
        }
    }

    private static string Word(ProbeAnswer answer) => answer switch
    {
        ProbeAnswer.Yes => "yes",
        ProbeAnswer.No => "no",
        _ => "unknown",
    };
}
