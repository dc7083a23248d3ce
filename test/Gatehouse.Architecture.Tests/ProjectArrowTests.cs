using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>The arrows between projects are those that docs/architecture.md draws, no more and no fewer.</summary>
public sealed class ProjectArrowTests
{
    private static readonly IReadOnlyList<string> s_sources = Repository.Files("src", ".csproj");

    public static TheoryData<string> Sources => [.. s_sources];

    [Fact]
    public void Every_project_of_src_has_a_row_and_every_row_a_project() =>
        ArchitecturePage.Rows.Keys.ShouldBe(s_sources.Select(Projects.NameOf), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_project_references_exactly_what_the_page_draws(string path) =>
        Projects.ReferencesOf(path).ShouldBe(ArchitecturePage.Rows[Projects.NameOf(path)].Uses, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_project_is_used_only_by_those_that_the_page_names(string path)
    {
        var name = Projects.NameOf(path);
        s_sources.Where(other => Projects.ReferencesOf(other).Contains(name)).Select(Projects.NameOf)
            .ShouldBe(ArchitecturePage.Rows[name].UsedBy, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_project_uses_no_namespace_of_another_that_the_page_does_not_draw(string path)
    {
        var name = Projects.NameOf(path);
        var names = s_sources.Select(Projects.NameOf).ToHashSet(StringComparer.Ordinal);
        var allowed = ArchitecturePage.Rows[name].Uses.Append(name);
        Repository.Files(Path.GetDirectoryName(path)!, ".cs")
            .SelectMany(f => Projects.NamespacesUsedIn(Repository.Read(f), names))
            .Except(allowed, StringComparer.Ordinal)
            .ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_project_may_not_use_every_project_that_it_does_not_use(string path)
    {
        var row = ArchitecturePage.Rows[Projects.NameOf(path)];
        row.Uses.Intersect(row.MayNotUse, StringComparer.Ordinal).ShouldBeEmpty();

        // Each other project is either used or may not be used: a new project makes every row decide.
        row.Uses.Union(row.MayNotUse, StringComparer.Ordinal).Append(row.Project)
            .ShouldBe(ArchitecturePage.Rows.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Nothing_that_ships_references_a_test_or_a_tool() =>
        s_sources.SelectMany(Projects.ReferencesOf)
            .Except(s_sources.Select(Projects.NameOf), StringComparer.Ordinal)
            .ShouldBeEmpty();

    [Fact]
    public void A_reference_is_found_in_a_project_file() =>
        Projects.ReferencesIn("""<Project><ItemGroup><ProjectReference Include="../A.B/A.B.csproj" /></ItemGroup></Project>""")
            .ShouldBe(["A.B"]);

    [Theory]
    [InlineData("using Gatehouse.Kernel.Loading;", true)]
    [InlineData("global::Gatehouse.Kernel.KernelGate gate;", true)]
    [InlineData("/// <see cref=\"Gatehouse.Kernel\"/>", false)]
    [InlineData("/* Gatehouse.Kernel */ var a = \"//\";", false)]
    public void A_namespace_counts_where_code_names_it(string source, bool counts) =>
        Projects.NamespacesUsedIn(source, ["Gatehouse.Kernel"]).Count.ShouldBe(counts ? 1 : 0);

    [Fact]
    public void A_page_without_the_table_is_refused() =>
        Should.Throw<InvalidDataException>(static () => ArchitecturePage.Parse("# Architecture\n"));
}
