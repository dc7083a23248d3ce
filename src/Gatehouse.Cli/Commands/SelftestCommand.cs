using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Selftests;
using Gatehouse.Sdk;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse selftest</c>: tries the known ways against files and processes of its own.</summary>
/// <remarks>0 if all that must be refused was refused, 1 if nothing could be tried, 3 if no agent answers, 4 if something was let through.</remarks>
internal sealed class SelftestCommand : CliCommand
{
    public SelftestCommand(CliContext context)
        : base("selftest", "Try the known ways against processes and files made for it, and show which are refused.", context)
    {
        var classes = new Option<WayClass[]>("--class")
        {
            Description = "Only ways of this class: process, image, memory or tamper; may be repeated.",
            HelpName = "CLASS",
            CustomParser = static result =>
            {
                var chosen = new List<WayClass>();
                foreach (var token in result.Tokens)
                {
                    var known = Enum.GetValues<WayClass>().Where(c => string.Equals(Ways.Word(c), token.Value, StringComparison.Ordinal)).ToList();
                    if (known.Count == 0)
                    {
                        result.AddError($"--class is process, image, memory or tamper, not '{token.Value}'");
                    }

                    chosen.AddRange(known);
                }

                return [.. chosen];
            },
        };
        classes.CompletionSources.Add([.. Enum.GetValues<WayClass>().Select(Ways.Word)]);
        var list = new Option<bool>("--list") { Description = "Print the ways and try none; needs no agent." };
        var json = CliContext.Json("Print one JSON object; with --list one JSON list.");
        Options.Add(classes);
        Options.Add(list);
        Options.Add(json);
        SetAction((result, cancellationToken) =>
        {
            var chosen = result.GetValue(classes) ?? [];
            IReadOnlyList<Way> ways = [.. Ways.All.Where(w => chosen.Length == 0 || chosen.Contains(w.Class))];
            return result.GetValue(list)
                ? Task.FromResult(List(ways, result.GetValue(json)))
                : Context.WithAgentAsync(result, client => TryAsync(client, ways, result.GetValue(json), cancellationToken));
        });
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse selftest", "Try everything."),
        new("sudo gatehouse selftest --class process --class image", "Only ways to other processes, and programs and libraries that are refused."),
        new("sudo gatehouse selftest --json | jq .letThrough", "How many ways went through."),
        new("gatehouse selftest --list", "See what would be tried."),
    ];

    public override string Statuses => "0 all that must be refused was refused, 1 failed, or nothing could be tried, 2 bad usage, 3 no agent answers, 4 something was let through";

    private int List(IReadOnlyList<Way> ways, bool json)
    {
        if (json)
        {
            Context.WriteJson([.. ways.Select(WayReport.Of)], SelftestJson.Default.IReadOnlyListWayReport);
        }
        else
        {
            Context.Write(SelftestReport.Describe(ways));
        }

        return ExitStatus.Ok;
    }

    private async Task<int> TryAsync(ControlClient client, IReadOnlyList<Way> ways, bool json, CancellationToken cancellationToken)
    {
        var status = await client.GetStatusAsync(cancellationToken);
        if (!status.Enforcement.Proven)
        {
            // What comes of it is known, and policies that are loaded while no hook is called are bound to names only.
            return Context.Fail(ExitStatus.NotEnforcing, "a canary denial does not happen, so nothing is tried; see gatehouse status");
        }

        var stage = await client.BeginSelftestAsync(cancellationToken);
        IReadOnlyList<WayResult> results;
        try
        {
            results = await Context.Environment.TrySelftest(new SelftestPlan(ways, stage, status.Enforcement.Partly), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Context.Fail(ExitStatus.Failed, e.Message);
        }
        finally
        {
            // Also when somebody pressed Ctrl-C; if it fails the agent does so by itself.
            await client.EndSelftestAsync(stage.Token, CancellationToken.None);
        }

        if (json)
        {
            Context.WriteJson(SelftestReport.Of(results, status, stage.Sealed), SelftestJson.Default.SelftestReport);
        }
        else
        {
            Context.Write(SelftestReport.Describe(results));
        }

        return results.Any(static r => r.IsFailure) ? ExitStatus.NotEnforcing
            : SelftestReport.IsOk(results) ? ExitStatus.Ok
            : ExitStatus.Failed;
    }
}
