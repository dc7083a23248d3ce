using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What the rules of one file mean: refuses what must not be, and warns of what is hardly meant.</summary>
internal static class DocumentChecks
{
    /// <param name="rules">The rules that could be read; others of the file were reported.</param>
    /// <param name="client">Whose policy it is, or null if that could not be read.</param>
    /// <param name="diagnostics">Where to report.</param>
    public static void Check(ImmutableArray<PolicyRule> rules, string? client, DiagnosticBag diagnostics)
    {
        var shadows = new ShadowLint(diagnostics);
        foreach (var rule in rules)
        {
            var errorsBefore = diagnostics.ErrorCount;
            var tests = ConditionWalk.Tests(rule.When);
            OperationUseCheck.Check(rule, tests, diagnostics);
            PathUseCheck.Check(rule, tests, diagnostics);
            AncestorHashCheck.Check(rule, tests, diagnostics);
            CheckClient(rule, client, diagnostics);
            if (diagnostics.ErrorCount == errorsBefore)
            {
                RuleLints.Check(rule, tests, diagnostics);
                shadows.Next(rule);
            }
        }
    }

    private static void CheckClient(PolicyRule rule, string? client, DiagnosticBag diagnostics)
    {
        if (rule.Action == RuleAction.Ask && string.Equals(client, DocumentKeys.DefaultClient, StringComparison.Ordinal))
        {
            diagnostics.Add(
                DiagnosticCatalog.AskWithoutClient,
                rule.Span,
                $"The rule \"{rule.Name}\" asks, but the policy belongs to no client that could answer.",
                "write the name of the client that is asked into metadata: `client: …`");
        }
    }
}
