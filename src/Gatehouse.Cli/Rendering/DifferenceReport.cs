using Gatehouse.Policy;

namespace Gatehouse.Cli.Rendering;

/// <summary>Differences between policies as lines: <c>+</c> for what is new, <c>-</c> for what is gone, <c>~</c> for what changed.</summary>
internal static class DifferenceReport
{
    // A whole list of values beside another one is not read by anybody; its differences are listed below.
    private const int LongestValue = 200;

    public static Report Of(IReadOnlyList<PolicyChange> changes)
    {
        var report = new Report();
        if (changes.Count == 0)
        {
            return report.Line(("the policies mean the same", Tone.Good));
        }

        foreach (var change in changes)
        {
            Describe(report, change);
        }

        return report;
    }

    private static void Describe(Report report, PolicyChange change)
    {
        var name = change.Rule is null ? $"policy {change.Policy}" : $"rule {change.Policy}/{change.Rule}";
        switch (change.Kind)
        {
            case PolicyChangeKind.PolicyAdded or PolicyChangeKind.RuleAdded:
                report.Line(($"+ {name}", Tone.Good), ": ", change.After ?? "");
                break;
            case PolicyChangeKind.PolicyRemoved or PolicyChangeKind.RuleRemoved:
                report.Line(($"- {name}", Tone.Bad), ": ", change.Before ?? "");
                break;
            case PolicyChangeKind.RuleMoved:
                report.Line(($"~ {name}", Tone.Warning), $": stands {Place(change.After)}, stood {Place(change.Before)}");
                break;
            default:
                DescribeKey(report, change, name);
                break;
        }
    }

    private static void DescribeKey(Report report, PolicyChange change, string name)
    {
        if (change.ValuesAdded.IsEmpty && change.ValuesRemoved.IsEmpty)
        {
            report.Line(($"~ {name}", Tone.Warning), $": {change.Key}");
            report.Line(("    - ", Tone.Bad), change.Before is { Length: > 0 } before ? before : "(nothing)");
            report.Line(("    + ", Tone.Good), change.After is { Length: > 0 } after ? after : "(nothing)");
            return;
        }

        var condition = change.After is { Length: <= LongestValue } shown ? $" ({shown})" : "";
        report.Line(($"~ {name}", Tone.Warning), $": values of {change.Key}{condition}");
        foreach (var value in change.ValuesRemoved)
        {
            report.Line(("    - ", Tone.Bad), value);
        }

        foreach (var value in change.ValuesAdded)
        {
            report.Line(("    + ", Tone.Good), value);
        }
    }

    private static string Place(string? behind) => behind is null ? "first" : $"behind {behind}";
}
