using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Gatehouse.Policy.Tests.Schema;

/// <summary>
/// A YAML file as an editor hands it to its schema: by the core schema of YAML 1.2, in which <c>7</c> is a number and
/// <c>on</c> a text.
/// </summary>
internal static partial class YamlAsJson
{
    /// <summary>The value, or null as <paramref name="isReadable"/> says: the file is no single YAML document.</summary>
    public static JsonNode? Convert(ReadOnlySpan<byte> bytes, out bool isReadable)
    {
        isReadable = false;
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes)));
            isReadable = stream.Documents.Count <= 1;
            return isReadable && stream.Documents.Count == 1 ? Of(stream.Documents[0].RootNode) : null;
        }
        catch (Exception e) when (e is YamlException or DecoderFallbackException or InvalidDataException or ArgumentException
            or InvalidOperationException)
        {
            // InvalidOperationException: what YamlDotNet 16.3 says of a flow map that is not closed.
            isReadable = false;
            return null;
        }
    }

    /// <summary>Whether a scalar without quotes is a number or a truth value, or nothing.</summary>
    public static bool IsNoText(string plain) => OfPlain(plain)?.GetValueKind() is not JsonValueKind.String;

    private static JsonNode? Of(YamlDotNet.RepresentationModel.YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(Key(c.Key), Of(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Of)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => OfPlain(plain.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidDataException("An alias has no value of its own."),
    };

    private static string Key(YamlDotNet.RepresentationModel.YamlNode key) =>
        (key as YamlScalarNode)?.Value ?? throw new InvalidDataException("A key is no text.");

    private static JsonValue? OfPlain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when Whole().IsMatch(text) && long.TryParse(text, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),

        // A hash of digits only, too: 64 of them.
        _ when Fraction().IsMatch(text) && double.IsFinite(double.Parse(text, CultureInfo.InvariantCulture)) => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(text),
    };

    [GeneratedRegex("^[-+]?[0-9]+$", RegexOptions.None, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fraction();
}
