using System.Text.Json.Nodes;

namespace Gatehouse.Policy;

/// <summary>The schema of one protection.</summary>
internal static class ProtectionSchema
{
    public static JsonObject Create() => SchemaNodes.Map(
        "Protection",
        "Processes and files, and who may still change them.",
        ["name"],
        DocumentKeys.Protection.Select(k => (k, OfKey(k))))
        .With("anyOf", new JsonArray(Requires("processes"), Requires("files")));

    private static JsonObject Requires(string key) => new() { ["required"] = SchemaNodes.List([key]) };

    private static JsonObject OfKey(string key) => key switch
    {
        "name" => SchemaNodes.Name("Name", "Unique in the file; its rules are called after it.").With("pattern", SchemaPatterns.ProtectionName),
        "processes" => Paths("Processes", "Programs whose processes are protected; they may change the files, and reach each other."),
        "keep" => new JsonObject
        {
            ["title"] = "Kept rights",
            ["description"] = "Rights to the processes that everybody keeps; query if not given.",
            ["type"] = "array",
            ["items"] = SchemaNodes.Word("Right", "A right of process.open.", FieldCatalog.Find("open.right")!.Words.Select(static w => w.Word)),
        },
        "files" => Paths("Files", "Files, and folders with all that is in them and will be. Needs an agent that seals its host."),
        "libraries" => Paths("Libraries", "Files, and folders of files, of which processes and updaters may have code; their content is kept."),
        "updaters" => Paths("Updaters", "Other programs whose processes may change the files and reach the processes."),
        "severity" => RuleSchema.Severity().With("default", PolicyWords.Of(RuleSeverity.High)),
        "tags" => RuleSchema.Tags(),
        "description" => SchemaNodes.Text("Description", "For people."),
        _ => throw new ArgumentException($"The schema says nothing of the key {key}.", nameof(key)),
    };

    private static JsonObject Paths(string title, string description) => new()
    {
        ["title"] = title,
        ["description"] = description,
        ["type"] = "array",
        ["minItems"] = 1,
        ["items"] = new JsonObject { ["type"] = "string", ["pattern"] = "^/" },
    };
}
