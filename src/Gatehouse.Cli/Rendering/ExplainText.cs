using System.Globalization;
using Gatehouse.Cli.Commands;

namespace Gatehouse.Cli.Rendering;

/// <summary>What policies become, as tables.</summary>
internal static class ExplainText
{
    private const int NearLimit = 80;

    public static Report Of(ExplainReport explained)
    {
        var report = new Report();
        report.Line(("rules", Tone.Strong));
        report.Table(
            ["RULE", "ACTION", "ON", "ROWS", "DECIDED"],
            explained.Rules.Select(static r => (IReadOnlyList<Piece>)
            [
                ($"{r.Policy}/{r.Rule}", Tone.Strong), Action(r), string.Join(", ", r.On), Number(r.Rows), Where(r),
            ]));
        report.Line(("operations", Tone.Strong));
        report.Table(
            ["OPERATION", "ROWS", "STEPS", "LOOKS AT"],
            explained.Operations.Select(static o => (IReadOnlyList<Piece>)
            [
                o.Stage is null ? o.Operation : $"{o.Operation} ({o.Stage})", Number(o.Rows), Number(o.Steps), string.Join(", ", o.Needs),
            ]));
        if (explained.Dimensions.Count > 0)
        {
            report.Line(("dimensions", Tone.Strong));
            report.Table(
                ["FACT", "KIND", "CLASSES", "VECTORS"],
                explained.Dimensions.Select(static d => (IReadOnlyList<Piece>)[d.Name, d.Kind, Number(d.Classes), Number(d.Vectors)]));
        }

        foreach (var test in explained.Tests)
        {
            report.Line(($"{test.Of} test: ", Tone.Faint), test.Test);
        }

        Describe(report, explained);
        return report;
    }

    private static void Describe(Report report, ExplainReport explained)
    {
        var (atoms, automaton) = (explained.Atoms, explained.Automaton);
        report.Line(
            ("atoms: ", Tone.Faint),
            $"{atoms.BoundPaths} paths whose files are looked up at load, {atoms.Hashes} hashes, {atoms.NumberBounds} bounds of numbers, {atoms.Tests} tests");
        report.Line(
            ("automaton: ", Tone.Faint),
            $"{automaton.Entries} entries, {automaton.Bytes} bytes; states: {automaton.ForwardStates} forward, {automaton.BackwardStates} backward, {automaton.GlobStates} of globs");
        report.Line(("limits", Tone.Strong));
        report.Table(
            ["WHAT", "USED", "LIMIT", "PERCENT"],
            explained.Limits.Select(static l => (IReadOnlyList<Piece>)
            [
                l.Name, Number(l.Used), Number(l.Limit), (Number(l.Percent), l.Percent >= NearLimit ? Tone.Warning : Tone.Plain),
            ]));
        report.Line(("ask: ", Tone.Faint), "no rule asks a client; deciding clients do not exist yet");
        report.Line(("fingerprint: ", Tone.Faint), explained.Fingerprint);
    }

    private static Piece Action(ExplainedRule rule) => rule.Mode is "audit" && rule.Action is not "audit" ? $"{rule.Action} (only reported)" : rule.Action;

    private static Piece Where(ExplainedRule rule) => rule.Decided switch
    {
        [] => ("never matches", Tone.Warning),
        ["before-operation"] => "in the kernel, before the operation",
        ["before-first-instruction"] => "in the kernel, before the first instruction of the new program: by kill",
        _ => "in the kernel, before the operation; what tests arguments or environment, before the first instruction: by kill",
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
