using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Policy;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy check</c>: parse and compile, without an agent.</summary>
internal sealed class PolicyCheckCommand : CliCommand
{
    public PolicyCheckCommand(CliContext context)
        : base("check", "Parse and compile policies together and report every mistake; needs no agent and no rights.", context)
    {
        var files = PolicySources.Argument();
        var json = CliContext.Json("Print one JSON object with the findings.");
        Arguments.Add(files);
        Options.Add(json);
        SetAction(result => Run(result.GetValue(files)!, result.GetValue(json)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse policy check no-netcat.yaml", "Check one policy."),
        new("gatehouse policy check --json policies/ | jq -r '.diagnostics[].code'", "Check a directory in a build."),
    ];

    public override string Statuses => "0 no errors, 2 errors, or bad input or usage";

    private int Run(string[] paths, bool json)
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

        var diagnostics = sources.Diagnostics.ToList();
        PolicyImage? image = null;
        if (!sources.HasErrors)
        {
            var compilation = PolicyCompiler.Compile(sources.Documents);
            diagnostics.AddRange(PolicySources.Convert(compilation.Diagnostics));
            image = compilation.Image;
        }

        var ok = image is not null;
        var rows = image?.Rows.Count(static r => r.RuleIndex >= 0) ?? 0;
        if (json)
        {
            Context.WriteJson(
                new CheckReport(ok, sources.Documents.Count, image?.Rules.Count ?? 0, rows, image?.Fingerprint, diagnostics),
                CliJson.Default.CheckReport);
            return ok ? ExitStatus.Ok : ExitStatus.BadInput;
        }

        // Findings are what this command is asked for, so they go where its answer goes.
        var report = DiagnosticReport.Of(diagnostics, sources.Texts);
        var errors = diagnostics.Count(static d => string.Equals(d.Severity, "error", StringComparison.Ordinal));
        var counts = $"{errors} {(errors == 1 ? "error" : "errors")}, {diagnostics.Count - errors} {(diagnostics.Count - errors == 1 ? "warning" : "warnings")}";
        report.Line(image is not null
            ? ($"ok: {image.Policies.Count} policies, {image.Rules.Count} rules, {rows} rows, {counts}; fingerprint {image.Fingerprint}", Tone.Good)
            : ($"refused: {counts}", Tone.Bad));
        Context.Write(report);
        return ok ? ExitStatus.Ok : ExitStatus.BadInput;
    }
}
