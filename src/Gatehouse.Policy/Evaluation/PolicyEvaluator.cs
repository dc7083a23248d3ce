namespace Gatehouse.Policy;

/// <summary>
/// Decides by the documents that an image was compiled from, one condition after the other: the second back end, which
/// shares nothing with the vectors but the text, and so tells when these are wrong.
/// </summary>
public static class PolicyEvaluator
{
    /// <summary>The decision on one operation.</summary>
    /// <param name="image">The policies in force; only its documents, the paths that they name and what these were resolved
    /// to are used.</param>
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
        var verdict = new PolicyVerdict(Outcome.Allow, null, null);
        if (facts.Operation == GateOperation.ProcessExecArguments && !image.Documents.Any(WaitsForTexts))
        {
            // Nobody asks for the second stage of an exec.
            return verdict;
        }

        var firstRule = 0;
        foreach (var document in image.Documents)
        {
            verdict = Stricter(verdict, EvaluateOne(image, document, firstRule, facts));
            firstRule += document.Rules.Length;
        }

        return verdict;
    }

    internal static bool WaitsForTexts(PolicyDocument document) => document.Rules.Any(r => TestedFacts.Of(r.When).Texts);

    private static PolicyVerdict EvaluateOne(PolicyImage image, PolicyDocument document, int firstRule, OperationFacts facts)
    {
        int? audited = null;
        for (var i = 0; i < document.Rules.Length; i++)
        {
            var rule = document.Rules[i];
            if (!RuleMatcher.Matches(image, rule, facts))
            {
                continue;
            }

            if (rule.Action != RuleAction.Audit && rule.Mode == RuleMode.Enforce)
            {
                return new PolicyVerdict(ContentFacts.OutcomeOf(rule, document.Client, facts.Image), firstRule + i, audited);
            }

            audited ??= firstRule + i;
        }

        return new PolicyVerdict(Outcome.Allow, null, audited);
    }

    private static PolicyVerdict Stricter(PolicyVerdict first, PolicyVerdict second)
    {
        var decided = first.DecidingRule is null || second.Outcome > first.Outcome ? second : first;
        return decided with { AuditedRule = first.AuditedRule ?? second.AuditedRule };
    }
}
