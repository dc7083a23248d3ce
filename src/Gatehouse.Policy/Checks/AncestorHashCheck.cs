namespace Gatehouse.Policy;

/// <summary>
/// Inside <c>ancestor(…)</c> a hash that is not known is no hash that a rule names, and nothing more can be said of it.
/// So "another hash than X" would hold for X itself as long as nobody has computed it, and "no ancestor has hash X" must not
/// grant.
/// </summary>
internal static class AncestorHashCheck
{
    public static void Check(PolicyRule rule, IReadOnlyList<FoundTest> tests, DiagnosticBag diagnostics)
    {
        foreach (var found in tests.Where(t => t.InsideAncestor && t.Field.Type == FieldType.Sha256))
        {
            if (found.NegatedInside)
            {
                diagnostics.Add(
                    DiagnosticCatalog.NegatedAncestorHash,
                    found.Test.Span,
                    $"The rule \"{rule.Name}\" asks for an ancestor with another hash, which a hash that is not known would pass.",
                    "ask for the hash itself: !ancestor(process.sha256 in […])");
            }
            else if (found.Negated && rule.Action == RuleAction.Allow)
            {
                diagnostics.Add(
                    DiagnosticCatalog.NegatedAncestorHash,
                    found.Test.Span,
                    $"The allow rule \"{rule.Name}\" grants to processes without such an ancestor, and so to those whose ancestors' hashes are not known.",
                    "exempt by process.file, or turn the rule into a deny rule with ancestor(…)");
            }
        }
    }
}
