using Gatehouse.Cli.Commands;

namespace Gatehouse.Cli.Rendering;

/// <summary>What a replay found, as lines.</summary>
internal static class ReplayText
{
    public static Report Of(ReplayReport replay)
    {
        var report = new Report();
        foreach (var rule in replay.Rules)
        {
            report.Line(
                (rule.Verdict.PadRight(6), rule.Verdict is "audit" ? Tone.Warning : Tone.Bad),
                ($"{rule.Count} times by {rule.Policy}/{rule.Rule}", Tone.Strong));
            report.Line(("      first: ", Tone.Faint), $"{rule.FirstTime} {rule.FirstExample}");
        }

        if (replay.Rules.Count == 0)
        {
            report.Line("no rule would have refused, killed or reported anything that could be judged");
        }

        foreach (var difference in replay.Differences)
        {
            report.Line(
                ($"recorded {difference.Recorded}, now {difference.Now}: ", Tone.Warning),
                $"{difference.Count} times, first {difference.FirstExample}");
        }

        if (replay.Unjudged.Count > 0)
        {
            report.Line(
                ($"{replay.Unjudged.Count} could not be judged", Tone.Warning),
                ", because events do not have: ",
                string.Join(", ", replay.Unjudged.MissingFacts.Select(static f => $"{f.Key} ({f.Value})")));
        }

        if (replay.Lost > 0)
        {
            report.Line(($"{replay.Lost} events are missing from the record", Tone.Warning), ": they were lost when it was made");
        }

        return report.Line($"{replay.Events} events, {replay.Judged} judged");
    }
}
