namespace Gatehouse.Policy;

/// <summary>
/// A path is a way to find a file, not what the file is: in a mount namespace of one's own anything can be called
/// /usr/bin/true. So a path may lead to a refusal, but never to a permission, and not being called P proves nothing.
/// </summary>
internal static class PathUseCheck
{
    public static void Check(PolicyRule rule, IReadOnlyList<FoundTest> tests, DiagnosticBag diagnostics)
    {
        foreach (var found in tests)
        {
            var field = found.Field.Name;
            if (found.Field.Type != FieldType.Path)
            {
                continue;
            }

            var role = field[..field.IndexOf('.', StringComparison.Ordinal)];
            if (rule.Action == RuleAction.Allow)
            {
                diagnostics.Add(
                    DiagnosticCatalog.AllowByPath,
                    found.Test.Span,
                    $"The allow rule \"{rule.Name}\" tests {field}, but whoever starts a program can choose how its path is spelled.",
                    $"name what the file is: {role}.file == \"/…\", or {role}.sha256 == \"…\" (see `sha256sum FILE`)");
            }
            else if (found.Negated)
            {
                diagnostics.Add(
                    DiagnosticCatalog.NegatedPath,
                    found.Test.Span,
                    $"The rule \"{rule.Name}\" tests that {field} is something else, which holds for the same file under another name.",
                    $"exempt files by what they are: !({role}.file in […]) or !({role}.sha256 in […])");
            }
        }
    }
}
