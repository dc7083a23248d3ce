using System.Text.Json.Nodes;

namespace Gatehouse.Policy;

/// <summary>The forms of values that the schema is made of.</summary>
internal static class SchemaNodes
{
    /// <summary>
    /// Text as YAML gives it: the parser takes every scalar but null as text, and YAML reads <c>7</c> and <c>true</c>
    /// without quotes as something else.
    /// </summary>
    public static JsonObject Text(string title, string description) => new()
    {
        ["title"] = title,
        ["description"] = description,
        ["type"] = List(["string", "number", "boolean"]),
    };

    /// <summary>A name; one of digits only is a number to YAML, and its sign is no part of a name.</summary>
    public static JsonObject Name(string title, string description)
    {
        var name = Text(title, description);
        name["pattern"] = SchemaPatterns.Name;
        name["minimum"] = 0;
        return name;
    }

    public static JsonObject Word(string title, string description, IEnumerable<string> words) => new()
    {
        ["title"] = title,
        ["description"] = description,
        ["type"] = "string",
        ["enum"] = List(words),
    };

    public static JsonObject Number(string title, string description, int maximum, int missing) => new()
    {
        ["title"] = title,
        ["description"] = description,
        ["type"] = "integer",
        ["minimum"] = 0,
        ["maximum"] = maximum,
        ["default"] = missing,
    };

    /// <summary>A map with these keys and no others.</summary>
    public static JsonObject Map(
        string title, string description, IEnumerable<string> required, IEnumerable<(string Key, JsonObject Value)> properties)
    {
        var map = new JsonObject();
        foreach (var (key, value) in properties)
        {
            map[key] = value;
        }

        return new JsonObject
        {
            ["title"] = title,
            ["description"] = description,
            ["type"] = "object",
            ["required"] = List(required),
            ["additionalProperties"] = false,
            ["properties"] = map,
        };
    }

    public static JsonObject With(this JsonObject schema, string key, JsonNode value)
    {
        schema[key] = value;
        return schema;
    }

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
