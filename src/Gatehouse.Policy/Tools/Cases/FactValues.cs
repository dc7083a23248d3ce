using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// The values of one map of facts, checked by the types of their fields. What is wrong is reported and left out.
/// </summary>
internal sealed class FactValues(SchemaContext context)
{
    private const string VolatileWord = "volatile";
    private const int Sha256Digits = 64;

    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>The name of a field without its prefix.</summary>
    public static string KeyOf(PolicyField field) => field.Name[(field.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    public T? Get<T>(string key)
        where T : class => _values.GetValueOrDefault(key) as T;

    public ulong Number(string key, ulong missing = 0) => _values.GetValueOrDefault(key) is ulong number ? number : missing;

    public bool Flag(string key) => Number(key) != 0;

    public ImmutableArray<string> Texts(string key) => _values.GetValueOrDefault(key) is ImmutableArray<string> texts ? texts : [];

    public bool IsVolatile(string key) => string.Equals(Get<string>(key), VolatileWord, StringComparison.Ordinal);

    /// <summary>The set bits of a role's flags.</summary>
    public ulong Flags(IEnumerable<PolicyField> fields) => fields
        .Where(f => f.Type == FieldType.Flag && Flag(KeyOf(f)))
        .Aggregate(0UL, static (bits, f) => bits | f.Words[0].Value);

    /// <param name="map">The map.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="fields">The fields that it may give.</param>
    /// <param name="foreign">Fields of the same role that the case's operation does not have.</param>
    public void Read(YamlMapping map, string what, IReadOnlyList<PolicyField> fields, IReadOnlyList<PolicyField> foreign)
    {
        var reader = new MapReader(context, map, what, [.. fields.Concat(foreign).Select(KeyOf).Distinct(StringComparer.Ordinal)]);
        foreach (var entry in reader.Entries)
        {
            var key = entry.Key.Value;
            if (Find(fields, key) is { } field)
            {
                if (Value(reader, field, key, entry.Value) is { } value)
                {
                    _values[key] = value;
                }
            }
            else if (Find(foreign, key) is { } other)
            {
                context.Report(
                    DiagnosticCatalog.ForeignFact,
                    entry.Key,
                    $"`{key}` is a fact of {RuleComparison.Operations(other.Operations)} only.",
                    "leave it out");
            }
        }
    }

    private static PolicyField? Find(IReadOnlyList<PolicyField> fields, string key) =>
        fields.FirstOrDefault(f => string.Equals(KeyOf(f), key, StringComparison.Ordinal));

    private object? Value(MapReader reader, PolicyField field, string key, YamlNode node)
    {
        switch (field.Type)
        {
            case FieldType.File:
                return List(reader, key, node, Path);
            case FieldType.Words:
                return List(reader, key, node, text => Word(field, text));
            case FieldType.Texts:
                return List(reader, key, node, static text => text.Value);
            default:
                return reader.AsText(node, key) is { } scalar ? Single(field, key, scalar) : null;
        }
    }

    private object? Single(PolicyField field, string key, YamlScalar text) => field.Type switch
    {
        FieldType.Path => Path(text),
        FieldType.Sha256 => Sha256(key, text, mayBeVolatile: !field.IsMaskClass),
        FieldType.Number => Number(field, key, text),
        FieldType.Flag => Flag(key, text),
        _ => Word(field, text),
    };

    /// <summary>A list, or a single text for a list of one.</summary>
    private static ImmutableArray<string>? List(MapReader reader, string key, YamlNode node, Func<YamlScalar, string?> read)
    {
        var items = node is YamlScalar { IsNull: false } ? [node] : reader.AsList(node, key)?.Items;
        return items is null ? null : [.. items.Value.Select(i => reader.AsText(i, key)).OfType<YamlScalar>().Select(read).OfType<string>()];
    }

    private string? Path(YamlScalar text)
    {
        if (text.Value.Length == 0 || text.Value[0] != '/')
        {
            context.Report(
                DiagnosticCatalog.PathNotAbsolute, text, $"The path \"{Excerpt.Of(text.Value)}\" is not absolute.", "begin it with `/`");
            return null;
        }

        if (Encoding.UTF8.GetByteCount(text.Value) > PolicyLimits.MaxPathBytes)
        {
            context.Report(
                DiagnosticCatalog.PathTooLong, text, $"The path is longer than {PolicyLimits.MaxPathBytes} bytes, so it is never compared.");
            return null;
        }

        return text.Value;
    }

    private string? Sha256(string key, YamlScalar text, bool mayBeVolatile)
    {
        var value = text.Value.ToLowerInvariant();
        if ((value is VolatileWord && mayBeVolatile) || (value.Length == Sha256Digits && value.All(char.IsAsciiHexDigitLower)))
        {
            return value;
        }

        context.Report(
            DiagnosticCatalog.InvalidHash,
            text,
            $"`{key}` cannot be \"{Excerpt.Of(text.Value)}\".",
            mayBeVolatile
                ? $"write {Sha256Digits} hexadecimal digits, or `volatile`; leave it out for a hash that is not known"
                : $"write {Sha256Digits} hexadecimal digits; leave it out for a file that has none");
        return null;
    }

    private ulong? Number(PolicyField field, string key, YamlScalar text)
    {
        var largest = field.Numbers switch
        {
            NumberTable.Size => ulong.MaxValue,
            NumberTable.Status => byte.MaxValue,
            _ => uint.MaxValue,
        };
        if (ulong.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest)
        {
            return number;
        }

        context.Report(
            DiagnosticCatalog.NumberOutOfRange,
            text,
            string.Create(CultureInfo.InvariantCulture, $"`{key}` must be a whole number from 0 to {largest}."));
        return null;
    }

    private ulong? Flag(string key, YamlScalar text)
    {
        switch (text.Value)
        {
            case "true":
                return 1UL;
            case "false":
                return 0UL;
            default:
                context.Report(
                    DiagnosticCatalog.UnknownWord, text, $"`{key}` cannot be \"{Excerpt.Of(text.Value)}\".", "write one of: true, false");
                return null;
        }
    }

    private string? Word(PolicyField field, YamlScalar text)
    {
        if (field.Words.Any(w => string.Equals(w.Word, text.Value, StringComparison.Ordinal)))
        {
            return text.Value;
        }

        context.Report(
            DiagnosticCatalog.UnknownWord,
            text,
            $"`{KeyOf(field)}` cannot be \"{Excerpt.Of(text.Value)}\".",
            Spelling.DidYouMeanOrOneOf(text.Value, [.. field.Words.Select(static w => w.Word)]));
        return null;
    }
}
