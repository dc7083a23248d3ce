using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>Files that nobody would write: pieces of what policies are made of, and files of the corpus that were damaged.</summary>
internal static class Junk
{
    private static readonly string[] Fragments =
    [
        "[", "]", "{", "}", "- ", ": ", "? ", "\n", "\n  ", "\t", "#", "&a ", "*a ", "!t ", "|", ">", "\"", "'", "\\", "%",
        "---\n", "...\n", "<<: ", "\\u12", "\\U0010FFFF", "\u00e9", "\U0001F6AA", "&&", "||", "!", "(", ")", "==", " in ",
        "image.path", "image.sha256", "when: ", "rules:", "\0", "\uFEFF", "~", "true", "1e9", "@", "`", "\r", "<", ">=", ",",
        "process.uid", "image.memfd", "exec.arguments", "process.capabilities", "ancestor(", ".startsWith(\"/\")", ".matches(\"",
        ".exists(a, ", "a.endsWith('x')", "**", "*", "?", "[a-z]", "18446744073709551616", "-1", "4294967295", "'; drop table",
        "$(reboot)", "`id`", "{{7*7}}", "%n%s", "..\\..", "/../", "open.right", "\"CAP_KILL\" in ", "onFull: ", "kill", "false",
    ];

    /// <summary>Conditions of pieces, most of which stand where one can stand.</summary>
    private static readonly string[] Pieces =
    [
        "image.path", "process.uid", "image.memfd", "exec.arguments", "process.capabilities", "image.kind", "open.right",
        "process.sha256", "image.file", "nosuch.field", "ancestor", "(", "(", ")", ")", "[", "]", ",", "==", "!=", "<", "<=",
        ">", ">=", "in", "&&", "||", "!", "'/a'", "'x'", "\"CAP_KILL\"", "0", "7", "99999999999999999999", "0x1", "true", "false",
        ".", "a", "a.startsWith", "image.path.matches", "image.path.startsWith", "exec.arguments.exists", "image.path.contains",
        "size", "-", "not", "and", "=", "someset", "'", "\"",
    ];

    public static Arbitrary<byte[]> OfFragments { get; } =
        Arb.From(Gen.Elements(Fragments).ListOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))));

    public static Arbitrary<string> Conditions { get; } =
        Arb.From(Gen.Elements(Pieces).ListOf().Select(parts => string.Join(' ', parts)));

    public static Arbitrary<byte[]> OfTheCorpus { get; } = Arb.From(
        Gen.Elements(Corpus())
            .Zip(Gen.Choose(0, int.MaxValue).Two().Zip(Gen.Elements(Fragments)).ListOf())
            .Select(m => Mutate(m.Item1, m.Item2)));

    public static byte[][] Corpus() => [.. RepositoryFiles.CorpusNames.Select(n => RepositoryFiles.ReadCorpus(n).Bytes.ToArray())];

    private static byte[] Mutate(byte[] file, IList<((int, int), string)> edits)
    {
        var bytes = file.ToList();
        foreach (var ((place, kind), fragment) in edits)
        {
            var at = place % (bytes.Count + 1);
            switch (kind % 4)
            {
                case 0:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(fragment));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(kind % 50, bytes.Count - at));
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] = (byte)kind;
                    break;
                default:
                    bytes.InsertRange(at, bytes.Skip(kind % (bytes.Count + 1)).Take(kind % 100).ToList());
                    break;
            }
        }

        return [.. bytes];
    }
}
