using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// A part of a YAML document with its place in the text: indexes of the first character and after the last.
/// </summary>
internal abstract record YamlNode(int Start, int End);

/// <summary>A list.</summary>
internal sealed record YamlSequence(ImmutableArray<YamlNode> Items, int Start, int End) : YamlNode(Start, End);

/// <summary>A map, in the order of the text; keys may occur twice here.</summary>
internal sealed record YamlMapping(ImmutableArray<YamlEntry> Entries, int Start, int End) : YamlNode(Start, End);

/// <summary>One key and its value.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>What was reported already and stands for no value, so that reading can go on.</summary>
internal sealed record YamlReported(int Start, int End) : YamlNode(Start, End);

/// <summary>A single value.</summary>
/// <param name="Value">The text after YAML has removed quotes, escapes and folding.</param>
/// <param name="Style">How it is written.</param>
/// <param name="Start">Index of its first character, the quote or block indicator included.</param>
/// <param name="End">Index after its last character.</param>
internal sealed record YamlScalar(string Value, YamlScalarStyle Style, int Start, int End) : YamlNode(Start, End)
{
    /// <summary>Whether YAML reads it as null: nothing, ~ or null without quotes.</summary>
    public bool IsNull => Style == YamlScalarStyle.Plain && Value is ("" or "~" or "null" or "Null" or "NULL");
}

/// <summary>How a scalar is written; decides how its characters map to the text.</summary>
internal enum YamlScalarStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}
