using System.Globalization;
using Gatehouse.Cli.Commands;
using Gatehouse.Policy;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Cli.Recorded;

/// <summary>Counts what a policy would have done with recorded events.</summary>
internal sealed class ReplayTally(PolicyImage image)
{
    private readonly List<LineProblem> _problems = [];
    private readonly Dictionary<(int Rule, string Verdict), (int Count, string Example, string Time)> _rules = [];
    private readonly Dictionary<string, int> _missing = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Recorded, string Now), (int Count, string Example)> _differences = [];
    private readonly Dictionary<string, int> _lateMissing = new(StringComparer.Ordinal);
    private int _events;
    private int _judged;
    private int _lateUnjudged;
    private bool _hasLate;
    private ulong _lost;

    public void Add(int line, StreamRecord? record, string? problem)
    {
        switch (record)
        {
            case null:
                _problems.Add(new LineProblem(line, problem ?? "not a record"));
                break;
            case LossRecord loss:
                _lost += loss.Lost.Values.Aggregate(0UL, static (all, n) => all + n);
                break;

            // The agent's own proof is refused whatever the policy is.
            case DecisionRecord { Reason: not "canary" } decision:
                Add(line, decision);
                break;
        }
    }

    public ReplayReport ToReport()
    {
        // The second stage of an exec has an event of its own only if the policy that was in force tested arguments.
        var late = _hasLate ? 0 : _lateUnjudged;
        var missing = new Dictionary<string, int>(_missing, StringComparer.Ordinal);
        foreach (var (fact, count) in _hasLate ? [] : _lateMissing)
        {
            missing[fact] = missing.GetValueOrDefault(fact) + count;
        }

        return new ReplayReport(
            _events,
            _judged - late,
            [
                .. _rules.OrderBy(static r => r.Key.Rule).ThenBy(static r => r.Key.Verdict, StringComparer.Ordinal).Select(r => new ReplayRule(
                    PolicyOf(r.Key.Rule), image.Rules[r.Key.Rule].Name, r.Key.Verdict, r.Value.Count, r.Value.Example, r.Value.Time)),
            ],
            new UnjudgedReport(
                _events - _judged + late,
                missing.OrderBy(static m => m.Key, StringComparer.Ordinal).ToDictionary(static m => m.Key, static m => m.Value, StringComparer.Ordinal)),
            [
                .. _differences.OrderBy(static d => d.Key.Recorded, StringComparer.Ordinal).ThenBy(static d => d.Key.Now, StringComparer.Ordinal)
                    .Select(static d => new ReplayDifference(d.Key.Recorded, d.Key.Now, d.Value.Count, d.Value.Example)),
            ],
            _lost,
            _problems);
    }

    private void Add(int line, DecisionRecord decision)
    {
        if (EventFacts.Of(decision) is not { } recorded)
        {
            _problems.Add(new LineProblem(line, $"this version does not know the operation {decision.Operation}"));
            return;
        }

        _events++;
        _hasLate |= recorded.Facts.Operation == GateOperation.ProcessExecArguments;
        var verdict = ReplayEvaluator.Evaluate(image, recorded);
        if (!verdict.IsJudged)
        {
            Count(_missing, verdict.MissingFacts);
            return;
        }

        _judged++;
        Note(verdict, decision);
        if (recorded.Facts.Operation == GateOperation.ProcessExec && verdict.Outcome == Outcome.Allow)
        {
            var late = ReplayEvaluator.Evaluate(
                image, recorded with { Facts = recorded.Facts with { Operation = GateOperation.ProcessExecArguments } });
            if (!late.IsJudged)
            {
                _lateUnjudged++;
                Count(_lateMissing, late.MissingFacts);
            }
        }
    }

    private static void Count(Dictionary<string, int> counts, IEnumerable<string> facts)
    {
        foreach (var fact in facts)
        {
            counts[fact] = counts.GetValueOrDefault(fact) + 1;
        }
    }

    private void Note(ReplayVerdict verdict, DecisionRecord decision)
    {
        var example = EventExample.Of(decision);
        var now = verdict.Outcome!.Value.ToString().ToLowerInvariant();
        if (verdict is { Outcome: not Outcome.Allow, DecidingRule: { } rule })
        {
            Note(rule, now, decision, example);
        }

        if (verdict.AuditedRule is { } audited)
        {
            Note(audited, "audit", decision, example);
        }

        var recorded = decision.Verdict.ToString().ToLowerInvariant();
        if (!string.Equals(recorded, now, StringComparison.Ordinal))
        {
            var (count, first) = _differences.GetValueOrDefault((recorded, now), (0, example));
            _differences[(recorded, now)] = (count + 1, first);
        }
    }

    private void Note(int rule, string verdict, DecisionRecord decision, string example)
    {
        var time = decision.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var (count, first, firstTime) = _rules.GetValueOrDefault((rule, verdict), (0, example, time));
        _rules[(rule, verdict)] = (count + 1, first, firstTime);
    }

    private string PolicyOf(int rule) => image.Policies[image.Rules[rule].PolicyIndex].Name;
}
