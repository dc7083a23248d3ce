namespace Gatehouse.Policy;

/// <summary>How one policy decides a recorded operation.</summary>
internal sealed class PolicyOutcome
{
    /// <summary>What it may decide, by the facts that are missing; one element if they do not matter.</summary>
    public HashSet<Outcome> Possible { get; } = [];

    /// <summary>The rule that decides for certain, if the ones before it do not.</summary>
    public int? Deciding { get; private set; }

    /// <summary>The first rule that is reported for certain.</summary>
    public int? Audited { get; private set; }

    /// <summary>Whether some rule is perhaps reported.</summary>
    public bool MayAudit { get; private set; }

    /// <summary>The missing facts of the rules that are in doubt.</summary>
    public HashSet<string> Missing { get; } = new(StringComparer.Ordinal);

    public static PolicyOutcome Of(PolicyDocument document, int firstRule, NamedOperation operation)
    {
        var outcome = new PolicyOutcome();
        for (var i = 0; i < document.Rules.Length; i++)
        {
            if (outcome.Take(document.Rules[i], document.Client, firstRule + i, operation))
            {
                return outcome;
            }
        }

        outcome.Possible.Add(Outcome.Allow);
        return outcome;
    }

    /// <returns>Whether the rule decides for certain.</returns>
    private bool Take(PolicyRule rule, string client, int index, NamedOperation operation)
    {
        if (!RuleEffect.Has(rule, operation.Recorded.Facts.Operation))
        {
            return false;
        }

        var matches = new PartialMatcher(rule, operation).Matches();
        if (matches is null)
        {
            Missing.UnionWith(MissingFacts.Of(rule.When, operation.Recorded));
        }

        // Kill is an enforced action like deny; audit rules and rules in mode audit never decide.
        if (matches == false)
        {
            return false;
        }

        if (!rule.Decides)
        {
            // Behind a rule that may have decided, it is not certain that this one is looked at.
            if (matches == true && Possible.Count == 0)
            {
                Audited ??= index;
            }
            else
            {
                MayAudit = true;
            }

            return false;
        }

        if (rule.Asks && operation.Recorded.Missing.Contains(RecordedOperation.Answers))
        {
            // What the client said, or would say, was not recorded.
            Missing.Add(RecordedOperation.Answers);
            Possible.UnionWith([Outcome.Allow, Outcome.Deny]);
        }
        else
        {
            Possible.Add(ContentFacts.OutcomeOf(rule, client, operation.Recorded.Facts.Image));
        }

        Deciding = matches == true ? index : null;
        return matches == true;
    }
}
