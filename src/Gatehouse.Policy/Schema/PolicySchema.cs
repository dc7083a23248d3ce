using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.Policy;

/// <summary>
/// JSON Schema (draft 2020-12) of policy files, for editors. Made from what the parser itself reads by: keys, words, fields
/// and limits. It covers the structure; a condition is a text to it.
/// </summary>
public static class PolicySchema
{
    /// <summary>The schema's own id.</summary>
    public const string Id = "urn:gatehouse:policy:v1";

    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",

        // The file is read by people and editors, never put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema, indented, with a line end at its end. The same version gives the same text everywhere.</summary>
    public static string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_options))
        {
            FileSchema.Create().WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
