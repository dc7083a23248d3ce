namespace Gatehouse.Policy;

/// <summary>What the values of a field are, and so which tests it allows.</summary>
public enum FieldType
{
    /// <summary>
    /// The names of a file: <c>==</c>, <c>!=</c>, <c>in</c>, <c>startsWith</c>, <c>endsWith</c>, <c>matches</c>. Spelling
    /// is chosen by whoever makes a namespace, so a path may refuse and never grant.
    /// </summary>
    Path,

    /// <summary>
    /// A file by its identity: the inode that stood at a path when the policy was loaded. <c>==</c>, <c>!=</c>,
    /// <c>in</c>; may grant.
    /// </summary>
    File,

    /// <summary>SHA-256 in hexadecimal: <c>==</c>, <c>!=</c>, <c>in</c>; may be unknown.</summary>
    Sha256,

    /// <summary>A whole number: <c>==</c>, <c>!=</c>, <c>in</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>.</summary>
    Number,

    /// <summary>One of the words of <see cref="PolicyField.Words"/>: <c>==</c>, <c>!=</c>, <c>in</c>.</summary>
    Word,

    /// <summary>True or false: the field alone, or <c>==</c>, <c>!=</c> with <c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>Some of the words of <see cref="PolicyField.Words"/>: <c>"word" in field</c>.</summary>
    Words,

    /// <summary>A list of texts: <c>"text" in field</c>, <c>field.exists(x, x.startsWith("…"))</c>.</summary>
    Texts,
}
