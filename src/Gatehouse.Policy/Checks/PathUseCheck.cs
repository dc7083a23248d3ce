namespace Gatehouse.Policy;

/// <summary>
/// A path is a way to find a file, not what the file is: in a mount namespace of one's own anything can be called
/// /usr/bin/true. So a path may lead to a refusal, but never to a permission, and not being called P proves nothing.
/// </summary>
internal static class PathUseCheck
{
    /// <returns>Whether the rule can be lowered.</returns>
    public static bool Check(PolicyRule rule, DiagnosticBag diagnostics)
    {
        var sound = true;
        foreach (var (test, negated) in ConditionWalk.Tests(rule.When).Where(t => t.Test.Field == ConditionField.ImagePath))
        {
            if (rule.Action == RuleAction.Allow)
            {
                sound = false;
                diagnostics.Add(
                    DiagnosticCatalog.AllowByPath,
                    test.Span,
                    $"The allow rule \"{rule.Name}\" tests image.path, but whoever starts a program can choose how its path is spelled.",
                    "name what the file is: image.sha256 == \"…\" (see `sha256sum FILE`)");
            }
            else if (negated)
            {
                sound = false;
                diagnostics.Add(
                    DiagnosticCatalog.NegatedPath,
                    test.Span,
                    $"The rule \"{rule.Name}\" tests that image.path is something else, which holds for the same file under another name.",
                    "exempt files by what they are: !(image.sha256 in […])");
            }
        }

        return sound;
    }
}
