using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy test</c>: do policies decide as the cases beside them say.</summary>
/// <remarks>0 if every case passed, 1 if one failed, 2 if a file has errors: then no case is run.</remarks>
internal sealed class PolicyTestCommand : CliCommand
{
    public PolicyTestCommand(CliContext context)
        : base("test", "Run the cases beside each policy (x.test.yaml for x.yaml); needs no agent and no rights.", context)
    {
        var files = PolicySources.Argument();
        var cases = new Option<string>("--cases")
        {
            Description = "Run these cases against all the policies together, instead of those beside each.",
            HelpName = "FILE",
        };
        var json = CliContext.Json("Print one JSON object with every case.");
        Arguments.Add(files);
        Options.Add(cases);
        Options.Add(json);
        SetAction(result => Run(result.GetValue(files)!, result.GetValue(cases), result.GetValue(json)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse policy test no-netcat.yaml", "Run no-netcat.test.yaml."),
        new("gatehouse policy test policies/", "Run the cases of every policy of a directory."),
        new("gatehouse policy test --cases ours.yaml policies/", "Run other cases against all of them together."),
    ];

    public override string Statuses => "0 every case passed, 1 a case failed, 2 bad input or usage: no case was run";

    private int Run(string[] paths, string? casesPath, bool json)
    {
        if (CompiledSources.ReadSources(Context, paths) is not { } sources)
        {
            return ExitStatus.BadInput;
        }

        if (casesPath is null && WithoutCases(sources.Documents) is [_, ..] without)
        {
            foreach (var policy in without)
            {
                Context.Fail(ExitStatus.BadInput, $"{policy}: it has no cases; write {CaseSuite.BesidePolicy(policy)}, or name a file with --cases");
            }

            return ExitStatus.BadInput;
        }

        var suites = new List<CaseSuite>();
        try
        {
            suites.AddRange(casesPath is not null
                ? [CaseSuite.Read(casesPath, sources.Documents)]
                : sources.Documents.Select(static d => CaseSuite.Read(CaseSuite.BesidePolicy(d.FileName), [d])));
        }
        catch (IOException e)
        {
            return Context.Fail(ExitStatus.BadInput, e.Message);
        }

        var diagnostics = suites.SelectMany(static s => s.Diagnostics).ToList();
        if (diagnostics.Exists(static d => string.Equals(d.Severity, "error", StringComparison.Ordinal)))
        {
            Context.WriteError(DiagnosticReport.Of(
                diagnostics, suites.DistinctBy(static s => s.Path, StringComparer.Ordinal).ToDictionary(static s => s.Path, static s => s.Text, StringComparer.Ordinal)));
            return Context.Fail(ExitStatus.BadInput, "no case was run");
        }

        var results = suites.SelectMany(static s => s.Cases.Select(c => PolicyCaseRunner.Run(s.Image!, c))).ToList();
        Show(results, diagnostics, json);
        return results.TrueForAll(static r => r.Passed) ? ExitStatus.Ok : ExitStatus.Failed;
    }

    private static List<string> WithoutCases(IEnumerable<PolicyDocument> documents) =>
        [.. documents.Select(static d => d.FileName).Where(static f => !Path.Exists(CaseSuite.BesidePolicy(f)))];

    private void Show(List<PolicyCaseResult> results, List<PolicyDiagnostic> warnings, bool json)
    {
        var failed = results.Count(static r => !r.Passed);
        if (json)
        {
            Context.WriteJson(
                new CasesReport(failed == 0, results.Count - failed, failed, [.. results.Select(CaseReport.Of)], warnings),
                ToolJson.Default.CasesReport);
            return;
        }

        Context.WriteError(DiagnosticReport.Of(warnings, sources: null));
        var report = new Report();
        foreach (var result in results.Where(static r => !r.Passed))
        {
            var test = result.Case;
            report.Line(
                (test.Span.ToString(), Tone.Strong),
                ": ",
                ("FAILED", Tone.Bad),
                $" {test.Name}: expected {CaseReport.Word(test.Expected)}{(test.Rule is null ? "" : $" by rule {test.Rule}")}, ",
                ($"got {CaseReport.Word(result.Actual)} {(result.Rule is null ? "without a rule" : $"by rule {result.Rule}")}", Tone.Warning));
            if (result.Disagreement is { } disagreement)
            {
                report.Line(("    the two back ends disagree, which is a fault of the compiler, please report it: ", Tone.Bad), disagreement);
            }
        }

        report.Line(($"{results.Count} cases, {results.Count - failed} passed, {failed} failed", failed == 0 ? Tone.Good : Tone.Bad));
        Context.Write(report);
    }
}
