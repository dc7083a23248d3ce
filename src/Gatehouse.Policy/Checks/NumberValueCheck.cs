using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>Checks a number: decimal digits, within what the field can be.</summary>
internal static class NumberValueCheck
{
    /// <returns>The number without leading zeros, or null if it was reported.</returns>
    public static string? Check(PolicyField field, string text, ReportValue report)
    {
        var most = MostOf(field.Numbers ?? throw new InvalidOperationException($"{field.Name} has no table of numbers."));
        if (text.Length == 0 || text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            report(
                DiagnosticCatalog.InvalidNumber,
                $"`{Excerpt.Of(text)}` is not a whole number.",
                "write decimal digits only");
            return null;
        }

        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > most)
        {
            report(
                DiagnosticCatalog.InvalidNumber,
                string.Create(
                    CultureInfo.InvariantCulture, $"`{field.Name}` is a number from 0 to {most}, not {Excerpt.Of(text)}."),
                suggestion: null);
            return null;
        }

        return number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The largest number that such a field has.</summary>
    public static ulong MostOf(NumberTable table) => table switch
    {
        NumberTable.Id => uint.MaxValue,
        NumberTable.Size => long.MaxValue,
        NumberTable.Signal => 64,
        NumberTable.Status => byte.MaxValue,
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "Policies do not write such numbers."),
    };
}
