using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Decides recorded operations in three values: yes, no, and "depends on what was not recorded". It never guesses: an
/// operation counts as refused only if it would be refused whatever the missing facts are.
/// </summary>
public static class ReplayEvaluator
{
    /// <summary>The decision on one recorded operation.</summary>
    /// <param name="image">The policies; only their documents and the numbering of their rules are used.</param>
    /// <param name="recorded">The operation.</param>
    public static ReplayVerdict Evaluate(PolicyImage image, RecordedOperation recorded)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(recorded);
        if (recorded.Facts.Operation == GateOperation.ProcessExecArguments && !image.Documents.Any(PolicyEvaluator.WaitsForTexts))
        {
            return new ReplayVerdict(Outcome.Allow, null, null, []);
        }

        var possible = new HashSet<Outcome> { Outcome.Allow };
        var policies = new List<PolicyOutcome>();
        var operation = new NamedOperation(image, recorded);
        var first = 0;
        foreach (var document in image.Documents)
        {
            var policy = PolicyOutcome.Of(document, first, operation);
            policies.Add(policy);

            // The most restrictive verdict wins, whichever of the possible ones each policy gives.
            possible = [.. possible.SelectMany(a => policy.Possible.Select(b => a > b ? a : b))];
            first += document.Rules.Length;
        }

        return Combine(policies, possible);
    }

    private static ReplayVerdict Combine(List<PolicyOutcome> policies, HashSet<Outcome> possible)
    {
        ImmutableArray<string> missing =
        [
            .. policies.SelectMany(static p => p.Missing).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        if (possible.Count > 1)
        {
            return new ReplayVerdict(null, null, null, missing);
        }

        var outcome = possible.Single();
        var audited = policies.Select(static p => p.Audited).FirstOrDefault(static a => a is not null);
        if (outcome == Outcome.Allow && audited is null && policies.Exists(static p => p.MayAudit))
        {
            return new ReplayVerdict(null, null, null, missing);
        }

        var deciding = policies.FirstOrDefault(p => p.Deciding is not null && p.Possible.Contains(outcome) && p.Possible.Count == 1);
        return new ReplayVerdict(outcome, deciding?.Deciding, audited, []);
    }
}
