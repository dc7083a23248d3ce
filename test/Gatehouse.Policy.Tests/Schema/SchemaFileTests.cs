using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Schema;

/// <summary>The schema that is published is the one that the code makes. UPDATE_SCHEMA=1 writes it anew.</summary>
public sealed class SchemaFileTests
{
    private static readonly string s_file = Path.Combine(RepositoryFiles.Root, "policies", "gatehouse-policy.schema.json");

    /// <summary>What the validator of these tests knows. It would take no notice of any other keyword.</summary>
    private static readonly string[] s_keywords =
    [
        "type", "properties", "required", "additionalProperties", "patternProperties", "items", "anyOf", "enum", "pattern",
        "minimum", "maximum", "minItems", "maxItems", "title", "description", "default", "examples", "$schema", "$id",
    ];

    [Fact]
    public void The_checked_in_schema_is_not_stale()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_SCHEMA") is "1")
        {
            File.WriteAllText(s_file, PolicySchema.ToJson());
        }

        File.Exists(s_file).ShouldBeTrue($"{s_file} is missing; UPDATE_SCHEMA=1 writes it.");
        File.ReadAllText(s_file).ShouldBe(PolicySchema.ToJson(), "UPDATE_SCHEMA=1 writes it anew.");
    }

    [Fact]
    public void Twice_the_schema_is_the_same_text() => PolicySchema.ToJson().ShouldBe(PolicySchema.ToJson());

    [Fact]
    public void The_schema_uses_only_keywords_that_these_tests_can_check() =>
        Keywords(JsonNode.Parse(PolicySchema.ToJson())!.AsObject()).Distinct(StringComparer.Ordinal)
            .Except(s_keywords, StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void Everything_that_an_editor_shows_has_a_title_and_a_description()
    {
        var properties = Schemas(JsonNode.Parse(PolicySchema.ToJson())!.AsObject())
            .SelectMany(s => s["properties"]?.AsObject().Select(p => p.Value!.AsObject()) ?? []).ToList();

        properties.Count.ShouldBe(
            DocumentKeys.Policy.Length + DocumentKeys.Metadata.Length + DocumentKeys.Protection.Length + DocumentKeys.Rule.Length);
        properties.ShouldAllBe(p => !string.IsNullOrEmpty((string?)p["title"]) && !string.IsNullOrEmpty((string?)p["description"]));
    }

    [Fact]
    public void The_condition_names_every_field_and_has_an_example_of_it()
    {
        var when = Schemas(JsonNode.Parse(PolicySchema.ToJson())!.AsObject())
            .Select(s => s["properties"]?["when"]).OfType<JsonObject>().Single();
        var examples = when["examples"]!.AsArray().Select(e => (string)e!).ToList();

        FieldCatalog.All.ShouldAllBe(f => ((string)when["description"]!).Contains($"- {f.Name} (", StringComparison.Ordinal));
        FieldCatalog.All.ShouldAllBe(f => examples.Any(e => e.Contains(f.Name, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Keywords(JsonObject schema) =>
        Schemas(schema).SelectMany(s => s.Select(k => k.Key));

    private static IEnumerable<JsonObject> Schemas(JsonObject schema)
    {
        yield return schema;
        var inner = new[] { schema["properties"], schema["patternProperties"] }.OfType<JsonObject>().SelectMany(o => o.Select(p => p.Value))
            .Concat([schema["items"]])
            .Concat(schema["anyOf"] as JsonArray ?? [])
            .OfType<JsonObject>();
        foreach (var nested in inner.SelectMany(Schemas))
        {
            yield return nested;
        }
    }
}
