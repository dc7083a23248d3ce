using System.Text.RegularExpressions;

namespace Gatehouse.Architecture.Tests;

/// <summary>Source text as the checks read it.</summary>
internal static partial class CSharpText
{
    /// <summary>The text with comments blanked and lines kept, so that a comment may name what the code may not use.</summary>
    public static string WithoutComments(string source) =>
        CommentOrString().Replace(source, static m => m.Value[0] == '/' ? Blank(m.Value) : m.Value);

    private static string Blank(string comment) => new('\n', comment.Count(static c => c == '\n'));

    // Strings are matched too, so that "http://" in one is no comment.
    [GeneratedRegex("""
        //[^\n]* | /\*.*?\*/ | \"{3,}.*?\"{3,} | @"(?:[^"]|"")*" | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace, 5000)]
    private static partial Regex CommentOrString();
}
