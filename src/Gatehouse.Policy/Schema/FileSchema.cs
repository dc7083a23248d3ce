using System.Text.Json.Nodes;

namespace Gatehouse.Policy;

/// <summary>The schema of a policy file.</summary>
internal static class FileSchema
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    public static JsonObject Create()
    {
        var file = SchemaNodes.Map(
            "Gatehouse policy",
            "Operations, and what shall happen to them. The first rule that matches decides.",
            ["apiVersion", "metadata"],
            DocumentKeys.Policy.Select(key => (key, OfKey(key))));
        var whole = new JsonObject { ["$schema"] = Draft, ["$id"] = PolicySchema.Id };
        foreach (var (key, value) in file)
        {
            whole[key] = value?.DeepClone();
        }

        whole["anyOf"] = new JsonArray(Requires("rules"), Requires("protect"));
        return whole;
    }

    private static JsonObject Requires(string key) => new() { ["required"] = SchemaNodes.List([key]) };

    private static JsonObject OfKey(string key) => key switch
    {
        "apiVersion" => SchemaNodes.Word("Version", "Version of the policy language.", [DocumentKeys.ApiVersion]),
        "metadata" => SchemaNodes.Map(
            "Metadata", "What the policy is called, and whose it is.", ["name"], DocumentKeys.Metadata.Select(k => (k, OfMetadata(k)))),
        "mode" => RuleSchema.Mode("The mode of rules that have none of their own.").With("default", PolicyWords.Of(RuleMode.Enforce)),
        "sets" => Sets(),
        "protect" => new JsonObject
        {
            ["title"] = "Protections",
            ["description"] = "Processes and files that others shall not end, reach into or change, root included.",
            ["type"] = "array",
            ["minItems"] = 1,
            ["items"] = ProtectionSchema.Create(),
        },
        "rules" => new JsonObject
        {
            ["title"] = "Rules",
            ["description"] = "In the order in which they decide.",
            ["type"] = "array",
            ["minItems"] = 1,
            ["maxItems"] = PolicyLimits.MaxRulesPerPolicy,
            ["items"] = RuleSchema.Create(),
        },
        _ => throw new ArgumentException($"The schema says nothing of the key {key}.", nameof(key)),
    };

    private static JsonObject OfMetadata(string key) => key switch
    {
        "name" => SchemaNodes.Name("Name", "Unique among the policies in force."),
        "client" => SchemaNodes.Name("Client", "Name of the client whose policy it is.").With("default", DocumentKeys.DefaultClient),
        "altitude" => SchemaNodes.Number(
            "Altitude", "Order among the policies in force, higher first; it changes no verdict.", PolicyLimits.MaxAltitude, DocumentKeys.DefaultAltitude),
        "description" => SchemaNodes.Text("Description", "For people."),
        _ => throw new ArgumentException($"The schema says nothing of the key {key}.", nameof(key)),
    };

    private static JsonObject Sets() => new()
    {
        ["title"] = "Sets",
        ["description"] = "Lists of values with a name, for conditions to say `in name`.",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["patternProperties"] = new JsonObject
        {
            [SchemaPatterns.SetName] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = SchemaNodes.Text("Value", "A value of the fields that the set is used with."),
            },
        },
    };
}
