using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Reads one map of the schema: reports keys that are unknown or occur twice when it is created, and wrong types when
/// they are asked for. After a report the caller gets null or the default and goes on.
/// </summary>
internal sealed class MapReader
{
    private readonly SchemaContext _context;
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    private readonly YamlMapping _map;
    private readonly string _what;

    /// <param name="context">Where to report.</param>
    /// <param name="map">The map.</param>
    /// <param name="what">What it is, for messages: "a policy", "a rule".</param>
    /// <param name="known">The keys of the schema, or empty if any key is allowed.</param>
    public MapReader(SchemaContext context, YamlMapping map, string what, ImmutableArray<string> known)
    {
        _context = context;
        _map = map;
        _what = what;
        foreach (var entry in map.Entries)
        {
            var key = entry.Key.Value;
            if (!_entries.TryAdd(key, entry))
            {
                context.Report(
                    DiagnosticCatalog.DuplicateKey,
                    entry.Key,
                    context.Diagnostics.ErrorsAreFull
                        ? "" // Only counted; a file may be full of them.
                        : $"The key `{Excerpt.Of(key)}` occurs twice; the first one is in line {context.Span(_entries[key].Key).StartLine}.",
                    "leave one of them out");
            }
            else if (!known.IsEmpty && !known.Contains(key, StringComparer.Ordinal))
            {
                context.Report(
                    DiagnosticCatalog.UnknownKey,
                    entry.Key,
                    $"There is no key `{Excerpt.Of(key)}` in {what}.",
                    context.Diagnostics.ErrorsAreFull ? null : Spelling.DidYouMeanOrOneOf(key, known));
            }
        }
    }

    /// <summary>Each key once, in the order of the text.</summary>
    public IEnumerable<YamlEntry> Entries => _entries.Values.OrderBy(e => e.Key.Start);

    public bool Has(string key) => _entries.ContainsKey(key);

    /// <summary>The value of a required key; reports its absence.</summary>
    public YamlNode? Require(string key, string? suggestion = null)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            return entry.Value;
        }

        _context.Report(
            DiagnosticCatalog.MissingKey, _map, $"The key `{key}` is missing in {_what}.", suggestion ?? $"add `{key}:`");
        return null;
    }

    public YamlNode? Optional(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value : null;

    /// <summary>As text; null if the node is null or was reported as something else.</summary>
    public YamlScalar? AsText(YamlNode? node, string key)
    {
        if (node is YamlScalar { IsNull: false } scalar)
        {
            return scalar;
        }

        ReportType(node, key, "text");
        return null;
    }

    public YamlMapping? AsMap(YamlNode? node, string key)
    {
        if (node is not YamlMapping)
        {
            ReportType(node, key, "a map");
        }

        return node as YamlMapping;
    }

    public YamlSequence? AsList(YamlNode? node, string key)
    {
        if (node is not YamlSequence)
        {
            ReportType(node, key, "a list");
        }

        return node as YamlSequence;
    }

    /// <summary>A key whose value is one of a few words.</summary>
    public T Word<T>(string key, ImmutableArray<(string Word, T Value)> words, T missing, bool required = false)
        where T : struct, Enum
    {
        var node = required && !Has(key) ? Require(key, Spelling.OneOf(words.Select(w => w.Word))) : Optional(key);
        if (AsText(node, key) is not { } text)
        {
            return missing;
        }

        foreach (var (word, value) in words)
        {
            if (string.Equals(word, text.Value, StringComparison.Ordinal))
            {
                return value;
            }
        }

        _context.Report(
            DiagnosticCatalog.UnknownWord,
            text,
            $"`{key}` cannot be \"{Excerpt.Of(text.Value)}\".",
            Spelling.DidYouMeanOrOneOf(text.Value, [.. words.Select(w => w.Word)]));
        return missing;
    }

    /// <summary>A key whose value is free text; empty if it is absent.</summary>
    public string Text(string key) => AsText(Optional(key), key)?.Value ?? "";

    private void ReportType(YamlNode? node, string key, string expected)
    {
        if (node is null or YamlReported)
        {
            return;
        }

        var found = node switch
        {
            YamlMapping => "a map",
            YamlSequence => "a list",
            YamlScalar { IsNull: true } => "nothing",
            _ => "text",
        };
        _context.Report(DiagnosticCatalog.WrongType, node, $"`{key}` must be {expected}; here is {found}.");
    }
}
