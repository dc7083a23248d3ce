using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy try</c>: policies for a time, which the agent ends by itself.</summary>
/// <remarks>
/// At a terminal it waits for Enter, which confirms: 0 if the policies stay, 1 if the agent went back. Otherwise it ends at
/// once, and <c>gatehouse policy confirm</c> confirms. The agent keeps the time: this program may die.
/// </remarks>
internal sealed class PolicyTryCommand : CliCommand
{
    // The agent's clock and this one do not end at the same moment.
    private const int Looks = 50;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly Argument<string[]> _files = PolicySources.Argument();
    private readonly Option<TimeSpan> _duration = Duration.Option(
        "--for",
        "How long, from 5s to 1h, unless confirmed.",
        TimeSpan.FromSeconds(60),
        TimeSpan.FromSeconds(TryPoliciesRequest.ShortestSeconds),
        TimeSpan.FromSeconds(TryPoliciesRequest.LongestSeconds));

    private readonly Option<bool> _replaceAll = new("--replace-all") { Description = "Remove every policy that is not among the files." };
    private readonly Option<bool> _json = CliContext.Json("Print the agent's answer as one JSON object and do not wait.");

    public PolicyTryCommand(CliContext context)
        : base("try", "Put policies in force for a time; the agent goes back by itself unless they are confirmed.", context)
    {
        Arguments.Add(_files);
        Options.Add(_duration);
        Options.Add(_replaceAll);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse policy try no-netcat.yaml", "Try a policy for a minute; Enter keeps it."),
        new("sudo gatehouse policy try --for 10m --replace-all /etc/gatehouse/policies", "Try a whole directory for ten minutes."),
    ];

    public override string Statuses => "0 in force, 1 failed, or at a terminal went back, 2 bad input or usage, 3 no agent answers";

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        if (CompiledSources.ReadSources(Context, result.GetValue(_files)!) is not { } sources)
        {
            return ExitStatus.BadInput;
        }

        return await Context.WithAgentAsync(
            result,
            async client =>
            {
                var answer = await client.TryPoliciesAsync(
                    sources.Files, result.GetValue(_duration), result.GetValue(_replaceAll), cancellationToken);
                if (result.GetValue(_json))
                {
                    Context.WriteJson(answer, GatehouseJson.Default.TryPoliciesResult);
                    return ExitStatus.Ok;
                }

                Context.WriteError(DiagnosticReport.Of(answer.Applied.Warnings, sources.Texts));
                Context.Write(AppliedReport.Of(answer.Applied));
                return await WaitAsync(client, answer.Trial, cancellationToken);
            },
            sources.Texts);
    }

    private async Task<int> WaitAsync(ControlClient client, TrialStatus trial, CancellationToken cancellationToken)
    {
        var time = Duration.Text(TimeSpan.FromSeconds(Math.Ceiling(trial.RemainingSeconds)));
        if (!Context.Environment.InputIsTerminal)
        {
            Context.Write(new Report().Line(
                ($"the agent goes back in {time} unless confirmed: ", Tone.Warning), "sudo gatehouse policy confirm"));
            return ExitStatus.Ok;
        }

        Context.Write(new Report().Line(
            ($"the agent goes back in {time}; ", Tone.Warning), ("press Enter to keep the policies, Ctrl-C to go back now", Tone.Strong)));
        switch (await AnswerAsync(TimeSpan.FromSeconds(trial.RemainingSeconds), cancellationToken))
        {
            case Answer.Keep:
                try
                {
                    await client.ConfirmTrialAsync(CancellationToken.None);
                    Context.Write(new Report().Line(("kept", Tone.Good)));
                    return ExitStatus.Ok;
                }
                catch (ControlProblemException e) when (e.Problem.Status == 409)
                {
                    return await OverAsync(client, trial);
                }

            case Answer.Revert:
                await client.EndTrialAsync(CancellationToken.None);
                return WentBack("as you asked");
            default:
                return await OverAsync(client, trial);
        }
    }

    /// <summary>The time is over: what the agent says counts, since somebody may have confirmed elsewhere.</summary>
    private async Task<int> OverAsync(ControlClient client, TrialStatus trial)
    {
        for (var i = 0; i < Looks; i++)
        {
            var status = await client.GetStatusAsync(CancellationToken.None);
            if (status.Trial is null)
            {
                if (status.Enforcement.Generation != trial.Generation)
                {
                    return WentBack("not confirmed in time");
                }

                Context.Write(new Report().Line(("kept", Tone.Good), ": confirmed elsewhere"));
                return ExitStatus.Ok;
            }

            if (status.Trial.Problem is { } problem)
            {
                return Context.Fail(ExitStatus.Failed, problem);
            }

            await Task.Delay(s_betweenLooks, CancellationToken.None);
        }

        return Context.Fail(ExitStatus.Failed, "the agent has not gone back yet; see gatehouse status");
    }

    private async Task<Answer> AnswerAsync(TimeSpan remaining, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var line = ReadLineAsync();
        var first = await Task.WhenAny(line, Task.Delay(remaining, over.Token));
        await over.CancelAsync();
        return cancellationToken.IsCancellationRequested ? Answer.Revert
            : first == line && await line is not null ? Answer.Keep
            : Answer.None;
    }

    // The console's reader cannot be cancelled; a thread that waits in it does not keep the process alive.
    private async Task<string?> ReadLineAsync()
    {
        var line = await Task.Run(Context.Environment.Input.ReadLine, CancellationToken.None);
        if (line is null)
        {
            // The end of input is not a "yes".
            await Task.Delay(Timeout.InfiniteTimeSpan);
        }

        return line;
    }

    private int WentBack(string reason) => Context.Fail(ExitStatus.Failed, $"the policies before are in force again: {reason}");

    private enum Answer
    {
        None,
        Keep,
        Revert,
    }
}
