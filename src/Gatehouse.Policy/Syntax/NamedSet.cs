using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A set of the file. Its elements have no type until a condition uses it with a field.</summary>
/// <param name="name">What conditions call it.</param>
/// <param name="span">Where its name is written.</param>
/// <param name="elements">The elements and their places.</param>
/// <param name="sound">Whether all elements could be read at all; if not, that was reported.</param>
internal sealed class NamedSet(
    string name, SourceSpan span, ImmutableArray<(string Value, SourceSpan Span)> elements, bool sound)
{
    private readonly Dictionary<ConditionField, ValueSet?> _checked = [];

    public string Name => name;

    public SourceSpan Span => span;

    public bool Used { get; set; }

    /// <summary>
    /// The values for a field, or null if an element does not fit it; each is reported once, at its own place.
    /// </summary>
    public ValueSet? For(ConditionField field, DiagnosticBag diagnostics)
    {
        if (_checked.TryGetValue(field, out var known))
        {
            return known;
        }

        var errorsBefore = diagnostics.ErrorCount;
        var values = new List<string>(elements.Length);
        foreach (var (value, place) in elements)
        {
            var checkedValue = FieldValue.Check(field, value, (kind, message, hint) => diagnostics.Add(
                kind, place, $"{message} The set `{name}` is used with {ExpressionWords.NameOf(field)}.", hint));
            values.Add(checkedValue ?? "");
        }

        var result = sound && diagnostics.ErrorCount == errorsBefore ? ValueSet.Of(values) : null;
        _checked.Add(field, result);
        return result;
    }
}
