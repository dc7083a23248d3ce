using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy explain</c>: what policies become when they are compiled.</summary>
internal sealed class PolicyExplainCommand : CliCommand
{
    public PolicyExplainCommand(CliContext context)
        : base("explain", "Show what policies become: facts, tables, where each rule is decided, and how much of each limit is used.", context)
    {
        var files = PolicySources.Argument();
        var json = CliContext.Json("Print one JSON object.");
        Arguments.Add(files);
        Options.Add(json);
        SetAction(result => Run(result.GetValue(files)!, result.GetValue(json)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse policy explain no-netcat.yaml", "See how one policy is decided."),
        new("gatehouse policy explain --json policies/ | jq .limits", "How near are all of them together to a limit?"),
    ];

    public override string Statuses => "0 ok, 2 bad input or usage";

    private int Run(string[] paths, bool json)
    {
        if (CompiledSources.Read(Context, paths) is not { } compiled)
        {
            return ExitStatus.BadInput;
        }

        var report = ExplainReport.Of(compiled.Image);
        if (json)
        {
            Context.WriteJson(report, ToolJson.Default.ExplainReport);
        }
        else
        {
            Context.Write(ExplainText.Of(report));
        }

        return ExitStatus.Ok;
    }
}
