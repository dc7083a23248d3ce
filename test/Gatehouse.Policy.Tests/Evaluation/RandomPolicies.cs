using FsCheck;
using FsCheck.Fluent;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>
/// Random policy texts over a few paths and hashes, so that conditions overlap, contradict and cover each other.
/// </summary>
internal static class RandomPolicies
{
    public static readonly string[] Paths = ["/a", "/b", "/c", "/d"];
    public static readonly string[] Hashes = [HashA, HashB, HashC];

    /// <summary>One to four files. Most are accepted; a generator does not know all that is refused.</summary>
    public static Gen<string[]> Files { get; } =
        from count in Gen.Choose(1, 4)
        from rules in Gen.Sized(size => Rule().ListOf(1 + (size % 12))).ListOf(count)
        from altitudes in Gen.Choose(0, 2).ListOf(count)
        select rules.Select((r, i) => ToFile($"p{i}", altitudes[i], r)).ToArray();

    private static string ToFile(string name, int altitude, IEnumerable<string> rules) =>
        $"apiVersion: gatehouse/v1\nmetadata: {{name: {name}, altitude: {altitude}}}\n"
        + $"sets:\n  somePaths: ['/a', '/c']\n  someHashes: ['{HashA}', '{HashB}']\nrules:\n"
        + string.Concat(rules.Select((r, i) => $"  - {{name: r{i}, {r}}}\n"));

    private static Gen<string> Rule() =>
        from operations in Gen.Elements("process.exec", "image.load", "[process.exec, image.load]")
        from action in Gen.Elements("allow", "deny", "deny", "audit")
        from mode in Gen.Elements("enforce", "enforce", "audit")
        from onMiss in Gen.Elements("deny", "allow")
        from depth in Gen.Choose(0, 4)
        from when in Condition(depth, action is not "allow", negated: false)
        select $"on: {operations}, action: {action}, mode: {mode}, onMiss: {onMiss}, when: \"{Guarded(action, when)}\"";

    /// <summary>A deny rule must not match everything, so most of them get a condition more.</summary>
    private static string Guarded(string action, string when) =>
        action is "deny" ? $"({when}) && (image.path in ['/a', '/b', '/d'] || image.sha256 in someHashes)" : when;

    private static Gen<string> Condition(int depth, bool paths, bool negated)
    {
        var atom = Atom(paths && !negated);
        if (depth == 0)
        {
            return atom;
        }

        var inner = Condition(depth - 1, paths, negated);
        return Gen.OneOf(
            atom,
            from a in inner from b in inner select $"({a} && {b})",
            from a in inner from b in inner select $"({a} || {b})",
            from a in inner from b in inner from c in inner select $"({a} || {b} && {c})",
            from a in Condition(depth - 1, paths, !negated) select $"!({a})");
    }

    private static Gen<string> Atom(bool paths)
    {
        var other = Gen.OneOf(
            from op in Gen.Elements("==", "!=") from h in Gen.Elements(Hashes) select $"image.sha256 {op} '{h}'",
            from h in Gen.SubListOf(Hashes) select $"image.sha256 in [{Quoted(h)}]",
            Gen.Constant("image.sha256 in someHashes"),
            from op in Gen.Elements("==", "!=") from k in Gen.Elements("executable", "library") select $"image.kind {op} '{k}'",
            Gen.Elements("true", "false", "image.kind in ['library', 'executable']"));
        return !paths
            ? other
            : Gen.OneOf(
                other,
                from p in Gen.Elements(Paths) select $"image.path == '{p}'",
                from p in Gen.SubListOf(Paths) select $"image.path in [{Quoted(p)}]",
                Gen.Constant("image.path in somePaths"));
    }

    private static string Quoted(IEnumerable<string> items) => string.Join(", ", items.Select(i => $"'{i}'"));
}
