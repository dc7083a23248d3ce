using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What the rules of one file mean: refuses what must not be, and warns of what is hardly meant.</summary>
internal static class DocumentChecks
{
    /// <param name="rules">The rules that could be read; others of the file were reported.</param>
    /// <param name="diagnostics">Where to report.</param>
    public static void Check(ImmutableArray<PolicyRule> rules, DiagnosticBag diagnostics)
    {
        var shadows = new ShadowLint(diagnostics);
        foreach (var rule in rules)
        {
            var errorsBefore = diagnostics.ErrorCount;
            var tests = ConditionWalk.Tests(rule.When);
            OperationUseCheck.Check(rule, tests, diagnostics);
            PathUseCheck.Check(rule, tests, diagnostics);
            AncestorHashCheck.Check(rule, tests, diagnostics);
            if (diagnostics.ErrorCount == errorsBefore)
            {
                RuleLints.Check(rule, tests, diagnostics);
                shadows.Next(rule);
            }
        }
    }
}
