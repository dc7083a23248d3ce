using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Checks;

/// <summary>
/// What is said of a rule as a whole, compared with what its condition does with every combination of a few facts: for each
/// field the values that conditions name and one more.
/// </summary>
public sealed class LintOracleTests
{
    private static readonly string[] Hashes = [HashA, HashB];

    private static readonly string[] Tests =
    [
        "image.path == '/a'", "image.path in ['/a', '/b']", "image.path.startsWith('/b')", "image.path.endsWith('/a')",
        "image.path.startsWith('/')", "image.file == '/a'", "image.file in ['/a', '/b']", "image.file != '/b'",
        $"image.sha256 == '{HashA}'", $"image.sha256 in ['{HashA}', '{HashB}']", $"image.sha256 != '{HashB}'",
        "process.uid == 0", "process.uid < 1000", "process.uid >= 1000", "process.uid != 1", "image.memfd", "!image.memfd",
        "image.kind == 'library'", "image.kind in ['executable', 'script']", "image.kind != 'script'",
        "ancestor(process.file == '/a')", "!ancestor(process.file == '/a')", "true", "false", "image.path in []",
    ];

    private static readonly ConditionFacts[] All =
    [
        .. from names in new string[][] { [], ["/a"], ["/b"], ["/z"], ["/b/a"], ["/a", "/b"] }
        from files in new string[][] { [], ["/a"], ["/b"], ["/a", "/b"] }
        from hash in new[] { HashA, HashB, HashC, null }
        from uid in new ulong[] { 0, 1, 2, 1000 }
        from memfd in new[] { false, true }
        from kind in new[] { "executable", "script", "interpreter", "library", "module" }
        from ancestor in new[] { false, true }
        select new ConditionFacts(names, files, hash, uid, memfd, kind, ancestor),
    ];

    private static Gen<string> Conditions { get; } = Nested(3);

    [Fact]
    public void A_rule_reported_as_impossible_never_matches_and_other_rules_do()
    {
        var (impossible, possible) = (0, 0);
        Prop.ForAll(Arb.From(Conditions), when =>
        {
            if (Parse(File("p", Rule("r", "audit", when))) is not { Document: { } document } result)
            {
                return;
            }

            var matched = All.Any(f => f.Matches(document.Rules[0], Hashes));
            Codes(result).Contains("GH3103", StringComparer.Ordinal).ShouldBe(!matched, when);
            _ = matched ? possible++ : impossible++;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

        impossible.ShouldBeGreaterThan(50);
        possible.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void A_deny_rule_is_refused_exactly_if_no_ordinary_executable_or_no_ordinary_library_escapes_it()
    {
        var (refused, accepted) = (0, 0);
        Prop.ForAll(Arb.From(Conditions), when =>
        {
            if (Parse(File("p", Rule("r", "audit", when))).Document is not { } document)
            {
                return;
            }

            // A file always has a path, which begins with a slash, and its hash is known.
            var ordinary = All.Where(f => !f.Memfd && f.Sha256 is not null && f.Names.Length > 0).ToList();
            var stops = new[] { "executable", "library" }.Any(kind =>
                ordinary.Where(f => string.Equals(f.Kind, kind, StringComparison.Ordinal)).All(f => f.Matches(document.Rules[0], Hashes)));
            Codes(Parse(File("p", Rule("r", "deny", when)))).Contains("GH3003", StringComparer.Ordinal).ShouldBe(stops, when);
            _ = stops ? refused++ : accepted++;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

        refused.ShouldBeGreaterThan(50);
        accepted.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void A_rule_reported_as_shadowed_never_matches_first()
    {
        var rule = from action in Gen.Elements("allow", "deny", "audit")
                   from operations in Gen.Elements("[process.exec, image.load]", "[image.load]")
                   from miss in Gen.Elements("onMiss: deny", "onMiss: allow", "mode: audit")
                   from when in Nested(1)
                   select (Action: action, On: operations, More: miss, When: when);
        var shadowed = 0;
        Prop.ForAll(Arb.From(rule.ArrayOf(4)), rules =>
        {
            var text = File("p", [.. rules.Select((r, i) => Rule($"r{i}", r.Action, r.When, r.More, r.On))]);
            if (Parse(text) is not { Document: { } document } result)
            {
                return;
            }

            foreach (var lint in result.Diagnostics.Where(d => d.Code is "GH3104"))
            {
                var index = document.Rules.ToList().FindIndex(r => r.Span == lint.Span);
                var found = document.Rules[index];
                shadowed++;
                All.Where(f => f.Matches(found, Hashes))
                    .ShouldAllBe(f => document.Rules.Take(index).Any(r =>
                        r.Decides && (found.On & ~r.On) == RuleOperations.None && f.Matches(r, Hashes)), text);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

        shadowed.ShouldBeGreaterThan(30);
    }

    private static Gen<string> Nested(int depth)
    {
        var test = Gen.Elements(Tests);
        if (depth == 0)
        {
            return test;
        }

        var inner = Nested(depth - 1);
        return Gen.OneOf(
            test,
            from a in inner from b in inner select $"({a}) && ({b})",
            from a in inner from b in inner from c in inner select $"({a}) || ({b}) || ({c})",
            from a in inner select $"!({a})");
    }
}
