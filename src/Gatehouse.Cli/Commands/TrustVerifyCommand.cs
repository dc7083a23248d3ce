using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust verify</c>: compare the database with the host.</summary>
internal sealed class TrustVerifyCommand : CliCommand
{
    public TrustVerifyCommand(CliContext context)
        : base("verify", "Hash everything again: what changed, what is missing, and what packages own that is not recorded.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        Options.Add(json);
        var trust = new TrustArguments(this, context, writes: false);
        SetAction((result, cancellationToken) => trust.RunAsync(
            result,
            () =>
            {
                var reading = trust.File(result).Read();
                var verifier = new TrustVerifier(trust.Packages(result), TrustArguments.Look, new ModuleUnpacker());
                var options = new ScanOptions { Root = trust.RootOf(result) };
                var findings = new ScanDisplay(Context.Environment).Run(
                    "verifying", progress => verifier.Verify(reading.Database, options, progress, cancellationToken));
                Show(reading.Database, findings, result.GetValue(json));
                return (findings.Count == 0 ? ExitStatus.Ok : ExitStatus.Failed, false);
            },
            cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust verify", "Find files that are not what is recorded."),
        new("gatehouse trust verify --root /mnt/disk", "The same of a disk of another host, from a system that is trusted."),
    ];

    public override string Statuses => "0 no difference, 1 differences, or failed, also if the database is refused; 2 bad usage";

    private void Show(TrustDatabase database, IReadOnlyList<VerifyFinding> findings, bool json)
    {
        if (json)
        {
            Context.WriteJson(TrustVerified.Of(database, findings), TrustJson.Default.TrustVerified);
            return;
        }

        var report = new Report();
        foreach (var finding in findings)
        {
            var problem = TrustVerified.Word(finding.Problem);
            report.Line((problem.PadRight(11), finding.Problem == VerifyProblem.Changed ? Tone.Bad : Tone.Warning), $"{finding.Path} ({finding.Origin}): {finding.Detail}");
        }

        Context.Write(report.Line(findings.Count == 0
            ? ($"{database.Entries.Length} entries, no difference", Tone.Good)
            : ($"{database.Entries.Length} entries, {findings.Count} differences", Tone.Bad)));
    }
}
