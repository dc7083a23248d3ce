using System.Text;
using System.Text.Json.Nodes;

namespace Gatehouse.Policy;

/// <summary>
/// The schema of a condition. It is text to the schema, so what an editor can show of it is in the description and the
/// examples: every field, and one condition of each kind.
/// </summary>
internal static class ConditionSchema
{
    public static JsonObject Create() => new()
    {
        ["title"] = "Condition",
        ["description"] = Description(),

        // `when: true` without quotes is a truth value to YAML, and a condition.
        ["type"] = SchemaNodes.List(["string", "boolean"]),
        ["examples"] = SchemaNodes.List(FieldCatalog.All.SelectMany(Examples)),
    };

    private static string Description()
    {
        var text = new StringBuilder(
            "Subset of CEL: ==, !=, <, <=, >, >=, in, &&, ||, !(…), startsWith, endsWith, matches (a glob), exists, ancestor(…). "
            + "Always, if left out. A condition that begins with ! or a quote needs quotes around the whole.\n\nFields:\n");
        foreach (var field in FieldCatalog.All)
        {
            text.Append("- ").Append(field.Name).Append(" (").Append(TypeName(field.Type));
            if (field.Type is FieldType.Word)
            {
                text.Append(": ").AppendJoin(", ", field.Words.Select(w => w.Word));
            }

            var on = PolicyWords.Operations.Where(o => field.Operations.HasFlag(o.Value)).Select(o => o.Word).ToList();
            text.Append("): ").Append(field.Description);
            text.Append(on.Count == PolicyWords.Operations.Length ? "\n" : $" On {string.Join(", ", on)}.\n");
        }

        return text.ToString().TrimEnd();
    }

    private static IEnumerable<string> Examples(PolicyField field) => field.Type switch
    {
        FieldType.Path =>
        [
            $"{field.Name} == \"/usr/bin/nc\"", $"{field.Name}.startsWith(\"/tmp/\")", $"{field.Name}.endsWith(\".so\")",
            $"{field.Name}.matches(\"/home/*/bin/**\")",
        ],
        FieldType.File => [$"{field.Name} in [\"/usr/bin/gdb\", \"/usr/bin/strace\"]", .. OfAncestor(field)],
        FieldType.Sha256 => [$"{field.Name} == \"{new string('0', 64)}\""],
        FieldType.Number => [$"{field.Name} >= 1"],
        FieldType.Word => [$"{field.Name} == \"{field.Words[0].Word}\""],
        FieldType.Words => [$"\"{field.Words[0].Word}\" in {field.Name}"],
        FieldType.Texts => [$"\"x\" in {field.Name}", $"{field.Name}.exists(a, a.startsWith(\"x\"))"],
        _ => [field.Name],
    };

    private static IEnumerable<string> OfAncestor(PolicyField field) =>
        field.Role == FieldRole.Process ? [$"ancestor({field.Name} == \"/usr/sbin/sshd\")"] : [];

    private static string TypeName(FieldType type) => type switch
    {
        FieldType.Path => "path",
        FieldType.File => "file",
        FieldType.Sha256 => "SHA-256",
        FieldType.Number => "number",
        FieldType.Word => "word",
        FieldType.Flag => "flag",
        FieldType.Words => "set of words",
        _ => "list of texts",
    };
}
