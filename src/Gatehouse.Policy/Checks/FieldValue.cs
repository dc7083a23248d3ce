namespace Gatehouse.Policy;

/// <summary>Receives a finding about a value; the caller knows the place.</summary>
internal delegate void ReportValue(DiagnosticDescriptor kind, string message, string? suggestion);

/// <summary>Checks a text against the type of the field it is compared with.</summary>
internal static class FieldValue
{
    /// <summary>The value in its one spelling, or null if it was reported as wrong.</summary>
    public static string? Check(PolicyField field, string text, ReportValue report) => field.Type switch
    {
        FieldType.Path or FieldType.File => PathValueCheck.Check(field, text, report),
        FieldType.Sha256 => HashValueCheck.Check(text, report),
        FieldType.Number => NumberValueCheck.Check(field, text, report),
        FieldType.Texts => ElementValueCheck.Check(field, text, report),
        _ => CheckWord(field, text, report),
    };

    /// <summary>The test that a field is one of these values, which <see cref="Check"/> has returned.</summary>
    public static FieldTest Test(PolicyField field, IReadOnlyList<string> values) => field.Type switch
    {
        FieldType.Number => NumberRanges.OneOf(values),
        FieldType.Texts => new ElementTest(new ValueTest(ValuesOf(values))),
        _ => new ValueTest(ValuesOf(values)),
    };

    /// <summary>Fields with the same answer accept the same values and spell them alike.</summary>
    public static string DomainOf(PolicyField field) => field.Type switch
    {
        FieldType.Path or FieldType.File => "path",
        FieldType.Sha256 => "sha256",
        FieldType.Number => $"number {field.Numbers}",
        _ => field.Name,
    };

    private static ValueSet ValuesOf(IReadOnlyList<string> values) =>
        values.Count == 1 ? ValueSet.FromSorted([values[0]]) : ValueSet.Of(values);

    private static string? CheckWord(PolicyField field, string text, ReportValue report)
    {
        foreach (var (word, _) in field.Words)
        {
            if (string.Equals(word, text, StringComparison.Ordinal))
            {
                return text;
            }
        }

        report(
            DiagnosticCatalog.UnknownValue,
            $"`{field.Name}` has no word \"{Excerpt.Of(text)}\".",
            Spelling.DidYouMeanOrOneOf(text, [.. field.Words.Select(w => w.Word)]));
        return null;
    }
}
