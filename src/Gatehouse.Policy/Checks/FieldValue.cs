namespace Gatehouse.Policy;

/// <summary>Receives a finding about a value; the caller knows the place.</summary>
internal delegate void ReportValue(DiagnosticDescriptor kind, string message, string? suggestion);

/// <summary>Checks a text against the type of the field it is compared with.</summary>
internal static class FieldValue
{
    /// <summary>The value in its one spelling, or null if it was reported as wrong.</summary>
    public static string? Check(ConditionField field, string text, ReportValue report) => field switch
    {
        ConditionField.ImagePath => PathValueCheck.Check(text, report),
        ConditionField.ImageSha256 => HashValueCheck.Check(text, report),
        _ => CheckKind(text, report),
    };

    private static string? CheckKind(string text, ReportValue report)
    {
        if (ImageKindNames.All.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        report(
            DiagnosticCatalog.UnknownKind,
            $"There is no image kind \"{Excerpt.Of(text)}\".",
            Spelling.DidYouMeanOrOneOf(text, [.. ImageKindNames.All]));
        return null;
    }
}
