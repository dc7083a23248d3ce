using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy apply</c>: put policies in force, all of them or none.</summary>
internal sealed class PolicyApplyCommand : CliCommand
{
    public PolicyApplyCommand(CliContext context)
        : base("apply", "Put policies in force, all of them or none. One with the name of a policy in force replaces it.", context)
    {
        var files = PolicySources.Argument();
        var replaceAll = new Option<bool>("--replace-all") { Description = "Remove every policy that is not among the files." };
        var json = CliContext.Json("Print the agent's answer as one JSON object.");
        Arguments.Add(files);
        Options.Add(replaceAll);
        Options.Add(json);
        SetAction((result, cancellationToken) => RunAsync(
            result, result.GetValue(files)!, result.GetValue(replaceAll), result.GetValue(json), cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse policy apply no-netcat.yaml", "Add one policy, or replace the one of the same name."),
        new("sudo gatehouse policy apply --replace-all /etc/gatehouse/policies", "Have exactly the policies of a directory."),
    ];

    private async Task<int> RunAsync(
        ParseResult result, string[] paths, bool replaceAll, bool json, CancellationToken cancellationToken)
    {
        PolicySources sources;
        try
        {
            sources = PolicySources.Read(paths);
        }
        catch (IOException e)
        {
            return Context.Fail(ExitStatus.BadInput, e.Message);
        }

        if (sources.HasErrors)
        {
            Context.WriteError(DiagnosticReport.Of(sources.Diagnostics, sources.Texts));
            return Context.Fail(ExitStatus.BadInput, "the policies have errors; the agent was not asked");
        }

        return await Context.WithAgentAsync(
            result,
            async client =>
            {
                var answer = await client.ApplyPoliciesAsync(sources.Files, replaceAll, cancellationToken);
                Describe(answer, json, sources.Texts);
                return ExitStatus.Ok;
            },
            sources.Texts);
    }

    private void Describe(ApplyPoliciesResult answer, bool json, IReadOnlyDictionary<string, string> texts)
    {
        if (json)
        {
            Context.WriteJson(answer, GatehouseJson.Default.ApplyPoliciesResult);
            return;
        }

        Context.WriteError(DiagnosticReport.Of(answer.Warnings, texts));
        Context.Write(AppliedReport.Of(answer));
    }
}
