using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>A file is known by several names: as it is spelled, and the policy's paths at which it was found.</summary>
public sealed class NameTests
{
    private const string Path = "image.path";
    private const string File = "image.file";

    [Fact]
    public void Any_of_the_names_is_enough()
    {
        var image = Of(OneOf(Path, "/usr/bin/nc"));

        Matches(image, Exec("/tmp/x", null, "/usr/bin/nc")).ShouldBeTrue();
        Matches(image, Exec("/usr/bin/nc")).ShouldBeTrue();
        Matches(image, Exec("/tmp/x")).ShouldBeFalse();
        Matches(image, Exec()).ShouldBeFalse();
    }

    [Fact]
    public void All_tests_of_names_look_at_one_name()
    {
        var image = Of(And(OneOf(Path, "/a.so", "/b"), EndsWith(Path, ".so")), OneOf(File, "/x.so"));

        Matches(image, Exec("/a.so")).ShouldBeTrue();
        Matches(image, Exec("/b")).ShouldBeFalse();
        Matches(image, Exec("/x.so", null, "/b")).ShouldBeFalse();
        Matches(image, Exec("/tmp/y", null, "/a.so")).ShouldBeTrue();
        Matches(image, Exec("/tmp/y.so", null, "/b")).ShouldBeFalse();
    }

    [Fact]
    public void What_is_bound_at_a_path_has_that_name_for_patterns_too()
    {
        // The path is named as a file only; its ending is a name nevertheless.
        var image = Of(EndsWith(Path, ".so"), OneOf(File, "/usr/lib/x.so", "/usr/bin/x"));

        Matches(image, Exec("/tmp/y", null, "/usr/lib/x.so")).ShouldBeTrue();
        Matches(image, Exec("/tmp/y", null, "/usr/bin/x")).ShouldBeFalse();
    }

    [Fact]
    public void Prefixes_suffixes_and_globs_of_one_condition_all_have_to_fit()
    {
        var image = Of(And(StartsWith(Path, "/opt/"), StartsWith(Path, "/opt/v"), EndsWith(Path, ".so"), PolicyModel.Matches(Path, "/*/v?/**")));

        Matches(image, Exec("/opt/v1/lib/x.so")).ShouldBeTrue();
        Matches(image, Exec("/opt/v12/lib/x.so")).ShouldBeFalse();
        Matches(image, Exec("/opt/v1/lib/x.s")).ShouldBeFalse();
        Matches(image, Exec("/opt/w1/lib/x.so")).ShouldBeFalse();
    }

    [Fact]
    public void A_prefix_goes_on_to_fit_however_long_the_name_becomes()
    {
        var image = Of(StartsWith(Path, "/tmp/"), OneOf(Path, "/tmp/a/b"));

        Matches(image, Exec("/tmp/a/b")).ShouldBeTrue();
        Matches(image, Exec("/tmp/a/bc")).ShouldBeTrue();
        Matches(image, Exec("/tmp/" + new string('x', 4000))).ShouldBeTrue();
        Matches(image, Exec("/tm")).ShouldBeFalse();
    }

    [Fact]
    public void A_file_is_what_was_bound_and_not_what_it_is_called()
    {
        var image = Of(OneOf(File, "/usr/bin/nc"));

        Matches(image, Exec("/usr/bin/nc")).ShouldBeFalse();
        Matches(image, Exec("/tmp/x", null, "/usr/bin/nc")).ShouldBeTrue();
    }

    [Fact]
    public void A_file_at_several_paths_is_each_of_them_and_excluded_if_one_is()
    {
        var image = Of(And(OneOf(File, "/a", "/b"), Not(OneOf(File, "/c"))));

        Matches(image, Exec(null, null, "/a")).ShouldBeTrue();
        Matches(image, Exec(null, null, "/a", "/b")).ShouldBeTrue();
        Matches(image, Exec(null, null, "/a", "/c")).ShouldBeFalse();
        Matches(image, Exec(null, null, "/c")).ShouldBeFalse();
        Matches(image, Exec("/a")).ShouldBeFalse();
        Matches(Of(Not(OneOf(File, "/c"))), Exec("/c")).ShouldBeTrue();
    }

    [Fact]
    public void The_union_of_classes_is_public_for_whoever_loads_an_image()
    {
        var image = Of(And(OneOf(File, "/a", "/b"), Not(OneOf(File, "/c"))));
        var included = image.Tables.Single(t => t.Kind == ClassTableKind.File && t.Positive != 0);
        var excluded = image.Tables.Single(t => t.Kind == ClassTableKind.File && t.Positive == 0);
        var (a, c) = (image.BoundPaths[0].FileClass, image.BoundPaths[2].FileClass);

        image.UnionOf(included, a, c).ShouldBe([1UL]);
        image.UnionOf(excluded, a, c).ShouldBe([0UL]);
        image.UnionOf(excluded, a).ShouldBe([1UL]);
        Should.Throw<ArgumentOutOfRangeException>(() => image.UnionOf(included));
    }

    private static PolicyImage Of(params Condition[] conditions) => Compile(Document(
        "p", [.. conditions.Select((c, i) => Rule($"r{i}", i == 0 ? RuleAction.Deny : RuleAction.Audit, c))]));

    private static bool Matches(PolicyImage image, OperationFacts facts) => Decide(image, facts).DecidingRule == 0;
}
