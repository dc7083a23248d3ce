using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What the rules of one file mean: refuses what must not be, and warns of what is hardly meant.</summary>
internal static class DocumentChecks
{
    /// <param name="rules">The rules that could be read; others of the file were reported.</param>
    /// <param name="diagnostics">Where to report.</param>
    public static void Check(ImmutableArray<PolicyRule> rules, DiagnosticBag diagnostics)
    {
        var sets = new SetAlgebra(new WorkBudget(PolicyLimits.MaxSetWork));
        var lowered = new List<LoweredRule>();
        foreach (var rule in rules)
        {
            // A condition that tests the path negatively has no rows.
            if (!PathUseCheck.Check(rule, diagnostics))
            {
                continue;
            }

            var form = RuleRows.Of(rule, sets);
            if (!ComplexityCheck.Check(rule, form, diagnostics))
            {
                if (form.OutOfBudget)
                {
                    break;
                }

                continue;
            }

            RuleLints.Check(rule, form.Conjunctions, diagnostics);
            lowered.Add(new LoweredRule(rule, form.Conjunctions));
        }

        ShadowLint.Check(lowered, diagnostics);
    }
}
