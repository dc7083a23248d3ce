using System.Numerics;

namespace Gatehouse.Policy;

/// <summary>Decides by the plans and vectors of an image, word by word, as the kernel side does.</summary>
public static class VectorEvaluator
{
    /// <summary>The decision on one operation.</summary>
    /// <param name="image">The policies in force.</param>
    /// <param name="facts">
    /// What is known of the operation. Of <see cref="ProgramFacts.BoundPaths"/> only paths of the policies count.
    /// </param>
    /// <exception cref="ArgumentException">A hash is not 64 lower-case hexadecimal digits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such operation.</exception>
    public static PolicyVerdict Evaluate(PolicyImage image, OperationFacts facts)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(facts);
        FactsGuard.Require(facts);
        var matches = PlanRunner.Run(image, image.Operations[facts.Operation], FactClasses.Of(image, facts));
        var enforced = image.Vector(image.EnforcedValue);
        var verdict = new PolicyVerdict(Outcome.Allow, null, null);
        int? audited = null;
        foreach (var policy in image.Policies)
        {
            var deciding = FirstRow(policy, matches, enforced, inverted: false);
            var reported = FirstRow(policy, matches, enforced, inverted: true);
            if (audited is null && reported is { } r && (deciding is not { } d || r < d))
            {
                audited = image.Rows[r].RuleIndex;
            }

            if (deciding is { } row)
            {
                var rule = image.Rules[image.Rows[row].RuleIndex];
                var outcome = OutcomeOf(image.Rows[row].Action);
                verdict = outcome > verdict.Outcome || verdict.DecidingRule is null
                    ? new PolicyVerdict(outcome, rule.Index, null)
                    : verdict;
            }
        }

        return verdict with { AuditedRule = audited };
    }

    internal static Outcome OutcomeOf(RuleAction action) => action switch
    {
        RuleAction.Deny => Outcome.Deny,
        RuleAction.Kill => Outcome.Kill,
        _ => Outcome.Allow,
    };

    private static int? FirstRow(CompiledPolicy policy, ulong[] matches, ReadOnlySpan<ulong> enforced, bool inverted)
    {
        for (var w = policy.FirstWord; w < policy.FirstWord + policy.WordCount; w++)
        {
            var word = matches[w] & (inverted ? ~enforced[w] : enforced[w]);
            if (word != 0)
            {
                return (w * 64) + BitOperations.TrailingZeroCount(word);
            }
        }

        return null;
    }
}
