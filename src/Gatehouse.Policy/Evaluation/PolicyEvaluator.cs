namespace Gatehouse.Policy;

/// <summary>
/// Decides by the documents that an image was compiled from, one condition after the other: the second back end, which
/// shares nothing with the vectors but the text, and so tells when these are wrong.
/// </summary>
public static class PolicyEvaluator
{
    /// <summary>The decision on one operation.</summary>
    /// <param name="image">The policies in force; only its documents and the numbering of its rules are used.</param>
    /// <param name="facts">What is known of the file.</param>
    /// <exception cref="ArgumentException">The hash is not 32 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such operation.</exception>
    public static PolicyVerdict Evaluate(PolicyImage image, ImageFacts facts)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(facts);
        if (!OperationTable.All.Contains(facts.Operation))
        {
            throw new ArgumentOutOfRangeException(nameof(facts), facts.Operation, "There is no such operation.");
        }

        if (facts.Sha256 is { } sha256)
        {
            ImageFactsGuard.RequireSha256(sha256);
        }

        var verdict = new PolicyVerdict(Outcome.Allow, null, null);
        var firstRule = 0;
        foreach (var document in image.Documents)
        {
            verdict = Stricter(verdict, EvaluateOne(document, firstRule, facts));
            firstRule += document.Rules.Length;
        }

        return verdict;
    }

    private static PolicyVerdict EvaluateOne(PolicyDocument document, int firstRule, ImageFacts facts)
    {
        int? audited = null;
        for (var i = 0; i < document.Rules.Length; i++)
        {
            var rule = document.Rules[i];
            if (!RuleMatcher.Matches(rule, facts))
            {
                continue;
            }

            if (rule.Decides)
            {
                var outcome = rule.Action == RuleAction.Deny ? Outcome.Deny : Outcome.Allow;
                return new PolicyVerdict(outcome, firstRule + i, audited);
            }

            audited ??= firstRule + i;
        }

        return new PolicyVerdict(Outcome.Allow, null, audited);
    }

    private static PolicyVerdict Stricter(PolicyVerdict first, PolicyVerdict second)
    {
        var secondDecides = second.Outcome == Outcome.Deny
            ? first.Outcome != Outcome.Deny
            : first.DecidingRule is null;
        var decided = secondDecides ? second : first;
        return decided with { AuditedRule = first.AuditedRule ?? second.AuditedRule };
    }
}
