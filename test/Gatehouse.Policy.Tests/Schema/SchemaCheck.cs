using System.Text;
using NJsonSchema;

namespace Gatehouse.Policy.Tests.Schema;

/// <summary>What the schema says of a file.</summary>
public enum SchemaAnswer
{
    /// <summary>It never comes to the schema: the file is not one YAML document.</summary>
    Unreadable,

    /// <summary>The schema rejects it.</summary>
    Rejected,

    /// <summary>The schema accepts it.</summary>
    Accepted,
}

/// <summary>Asks NJsonSchema. It ignores keywords newer than draft 6; a test sees to it that there are none.</summary>
internal static class SchemaCheck
{
    private static readonly JsonSchema s_schema =
        JsonSchema.FromJsonAsync(PolicySchema.ToJson()).GetAwaiter().GetResult();

    public static SchemaAnswer Of(string yaml, out string findings) => Of(Encoding.UTF8.GetBytes(yaml), out findings);

    public static SchemaAnswer Of(ReadOnlySpan<byte> yaml, out string findings)
    {
        var json = YamlAsJson.Convert(yaml, out var isReadable);
        if (!isReadable)
        {
            findings = "not readable";
            return SchemaAnswer.Unreadable;
        }

        var errors = s_schema.Validate(json?.ToJsonString() ?? "null");
        findings = string.Join('\n', errors);
        return errors.Count == 0 ? SchemaAnswer.Accepted : SchemaAnswer.Rejected;
    }
}
