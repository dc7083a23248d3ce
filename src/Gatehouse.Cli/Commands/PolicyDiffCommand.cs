using System.CommandLine;
using System.Text;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Policy;
using Gatehouse.Sdk;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy diff</c>: how two versions of policies differ in meaning.</summary>
/// <remarks>0 if they mean the same, 1 if they differ, as diff(1).</remarks>
internal sealed class PolicyDiffCommand : CliCommand
{
    private readonly Argument<string[]> _paths = new("FILE")
    {
        Description = "The earlier and the later policy, files or directories; with --running the later one only.",
        Arity = new ArgumentArity(1, 2),
    };

    private readonly Option<bool> _running = new("--running") { Description = "Compare with the policies of the same names that are in force." };

    public PolicyDiffCommand(CliContext context)
        : base("diff", "Show how two versions of policies differ in meaning: rules, keys of rules, and their order.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        Arguments.Add(_paths);
        Options.Add(_running);
        Options.Add(json);
        Validators.Add(result =>
        {
            // An argument's own validators are not asked once its value was.
            PolicySources.RefuseOptions(result, result.GetValue(_paths) ?? []);
            var paths = result.GetValue(_paths)?.Length ?? 0;
            if (paths > 0 && paths != (result.GetValue(_running) ? 1 : 2))
            {
                result.AddError(result.GetValue(_running) ? "with --running name one policy" : "name two policies, or one and --running");
            }
        });
        SetAction((result, cancellationToken) => RunAsync(result, result.GetValue(json), cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse policy diff old.yaml new.yaml", "Compare two files."),
        new("sudo gatehouse policy diff --running no-netcat.yaml", "See what applying it would change."),
    ];

    public override string Statuses => "0 they mean the same, 1 they differ, 2 bad input or usage, 3 no agent answers (--running)";

    private async Task<int> RunAsync(ParseResult result, bool json, CancellationToken cancellationToken)
    {
        var paths = result.GetValue(_paths)!;
        if (CompiledSources.ReadSources(Context, [paths[^1]]) is not { } later)
        {
            return ExitStatus.BadInput;
        }

        if (result.GetValue(_running))
        {
            return await Context.WithAgentAsync(
                result,
                async client => await InForceAsync(client, later.Documents, cancellationToken) is { } inForce
                    ? Show(inForce, later.Documents, json)
                    : ExitStatus.Failed);
        }

        return CompiledSources.ReadSources(Context, [paths[0]]) is { } earlier
            ? Show(earlier.Documents, later.Documents, json)
            : ExitStatus.BadInput;
    }

    private async Task<IReadOnlyList<PolicyDocument>?> InForceAsync(
        ControlClient client, IReadOnlyList<PolicyDocument> later, CancellationToken cancellationToken)
    {
        var list = await client.GetPoliciesAsync(cancellationToken);
        var documents = new List<PolicyDocument>();
        foreach (var policy in list.Policies.Where(p => later.Any(d => string.Equals(d.Name, p.Name, StringComparison.Ordinal))))
        {
            var text = await client.GetPolicyAsync(policy.Name, cancellationToken);
            var parsed = PolicyParser.Parse(new PolicySource(policy.FileName, Encoding.UTF8.GetBytes(text.Text)));
            if (parsed.Document is not { } document)
            {
                // The agent is of another version than this command.
                Context.Fail(ExitStatus.Failed, $"the policy \"{policy.Name}\" that is in force is not understood: {parsed.Diagnostics[0]}");
                return null;
            }

            documents.Add(document);
        }

        return documents;
    }

    private int Show(IReadOnlyList<PolicyDocument> before, IReadOnlyList<PolicyDocument> after, bool json)
    {
        var changes = PolicyComparison.Compare(before, after);
        if (json)
        {
            Context.WriteJson(new DiffReport(changes.Count == 0, [.. changes.Select(ChangeReport.Of)]), ToolJson.Default.DiffReport);
        }
        else
        {
            Context.Write(DifferenceReport.Of(changes));
        }

        return changes.Count == 0 ? ExitStatus.Ok : ExitStatus.Failed;
    }
}
