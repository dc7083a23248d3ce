using System.Text.Json.Nodes;

namespace Gatehouse.Policy;

/// <summary>The schema of one rule.</summary>
internal static class RuleSchema
{
    public static JsonObject Create() => SchemaNodes.Map(
        "Rule", "When something is done, what shall happen.", ["name", "on", "action"], DocumentKeys.Rule.Select(k => (k, OfKey(k))));

    public static JsonObject Mode(string description) => SchemaNodes.Word(
        "Mode", description + " enforce: decides; audit: only reports.", PolicyWords.Modes.Select(w => w.Word));

    public static JsonObject Severity() => SchemaNodes.Word(
        "Severity", "For whoever reads the events; it does not change a verdict.", PolicyWords.Severities.Select(w => w.Word));

    public static JsonObject Tags() => new()
    {
        ["title"] = "Tags",
        ["description"] = "ATT&CK techniques.",
        ["type"] = "array",
        ["items"] = new JsonObject
        {
            ["type"] = "string",
            ["pattern"] = SchemaPatterns.Tag,
            ["examples"] = SchemaNodes.List(["T1059", "T1059.004"]),
        },
    };

    private static JsonObject OfKey(string key) => key switch
    {
        "name" => SchemaNodes.Name("Name", "Unique in the file; events name the rule by it."),
        "on" => new JsonObject
        {
            ["title"] = "Operations",
            ["description"] = "What the rule is about: one operation, or a list of them.",
            ["anyOf"] = new JsonArray(
                Operation(), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Operation() }),
        },
        "when" => ConditionSchema.Create(),
        "action" => SchemaNodes.Word(
            "Action",
            "allow: goes on, later rules are not looked at; deny: refused; audit: reported, later rules still decide; "
            + "kill: the acting process is killed, for process.exec only.",
            PolicyWords.Actions.Select(w => w.Word)),
        "mode" => Mode("Whether the rule decides; the file's mode if not given."),
        "severity" => Severity().With("default", PolicyWords.Of(RuleSeverity.Medium)),
        "tags" => Tags(),
        "onFull" => Answer("When full", "The answer when there is no working memory or no room for labels."),
        "onMiss" => Answer("On a miss", "The answer when a file's SHA-256 cannot be known in time."),
        "description" => SchemaNodes.Text("Description", "For people."),
        _ => throw new ArgumentException($"The schema says nothing of the key {key}.", nameof(key)),
    };

    private static JsonObject Operation() => SchemaNodes.Word(
        "Operation", "The operation.", PolicyWords.Operations.Select(w => w.Word));

    private static JsonObject Answer(string title, string description) => SchemaNodes.Word(
        title, description, PolicyWords.MissAnswers.Select(w => w.Word)).With("default", PolicyWords.Of(MissAnswer.Deny));
}
