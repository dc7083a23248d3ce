using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>Reports a condition that has no normal form within the limits.</summary>
internal static class ComplexityCheck
{
    /// <returns>Whether the form can be used.</returns>
    public static bool Check(PolicyRule rule, NormalForm form, DiagnosticBag diagnostics)
    {
        if (form.TooMany is { } count)
        {
            diagnostics.Add(
                DiagnosticCatalog.ConditionTooComplex,
                rule.WhenSpan,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The condition of rule \"{rule.Name}\" multiplies out to {count} or more alternatives; ")
                + $"at most {PolicyLimits.MaxRows} are possible.",
                "split the rule, or replace chains of `||` over different fields by `in` lists");
            return false;
        }

        if (form.OutOfBudget)
        {
            diagnostics.Add(
                DiagnosticCatalog.ConditionTooComplex,
                rule.WhenSpan,
                $"Working out the conditions up to that of rule \"{rule.Name}\" takes more than {PolicyLimits.MaxSetWork} steps.",
                "combine large sets less often, or merge them into one set");
            return false;
        }

        return true;
    }
}
