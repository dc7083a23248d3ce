namespace Gatehouse.Policy;

/// <summary>What must hold for the policies together, before they are lowered.</summary>
internal static class SetChecks
{
    public static void Check(IReadOnlyList<PolicyDocument> documents, DiagnosticBag diagnostics)
    {
        var first = new Dictionary<string, PolicyDocument>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            if (!first.TryAdd(document.Name, document))
            {
                var other = first[document.Name];
                diagnostics.Add(
                    DiagnosticCatalog.DuplicatePolicy,
                    document.NameSpan,
                    $"The policy name \"{document.Name}\" in {document.FileName} is already used in {other.NameSpan}.",
                    "give one of the two another metadata.name");
            }
        }

        if (documents.Count > PolicyLimits.MaxPolicies)
        {
            diagnostics.Add(
                DiagnosticCatalog.TooManyPolicies,
                documents[PolicyLimits.MaxPolicies].NameSpan,
                $"There are {documents.Count} policies; at most {PolicyLimits.MaxPolicies} can be in force together.",
                "put rules of several policies into one file");
        }
    }
}
