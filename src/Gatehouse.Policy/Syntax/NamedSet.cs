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
    private readonly Dictionary<string, FieldTest?> _checked = new(StringComparer.Ordinal);

    public string Name => name;

    public SourceSpan Span => span;

    public bool Used { get; set; }

    /// <summary>
    /// The test that a field is one of the elements, or null if an element does not fit it; each is reported once, at its
    /// own place.
    /// </summary>
    public FieldTest? For(PolicyField field, DiagnosticBag diagnostics)
    {
        // Fields with the same values share the result, and what is reported.
        var domain = FieldValue.DomainOf(field);
        if (_checked.TryGetValue(domain, out var known))
        {
            return known;
        }

        var errorsBefore = diagnostics.ErrorCount;
        var values = new List<string>(elements.Length);
        foreach (var (value, place) in elements)
        {
            var checkedValue = FieldValue.Check(field, value, (kind, message, hint) => diagnostics.Add(
                kind, place, $"{message} The set `{name}` is used with {field.Name}.", hint));
            values.Add(checkedValue ?? "");
        }

        var result = sound && diagnostics.ErrorCount == errorsBefore ? FieldValue.Test(field, values) : null;
        _checked.Add(domain, result);
        return result;
    }
}
