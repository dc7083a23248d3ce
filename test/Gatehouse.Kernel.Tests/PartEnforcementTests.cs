using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>What a kernel cannot refuse is said by name.</summary>
public sealed class PartEnforcementTests
{
    private static readonly string[] s_mounts =
    [
        "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0",
        "tmpfs /run tmpfs rw 0 0",
    ];

    /// <summary>The kernel asks and does not listen.</summary>
    private static readonly (string, string?)[] s_ignored = [("process.open", "query"), ("process.open", "move-memory")];

    /// <summary>No kernel asks about the process.</summary>
    private static readonly (string, string?)[] s_never = [("process.open", "query"), ("process.open", "debug")];

    private static IReadOnlyList<PartlyEnforced> All(string release, params string[] mounts) =>
        PartEnforcement.Of(HostKernel.VersionOf(release), [.. s_mounts, .. mounts]);

    private static IEnumerable<(string, string?)> Of(string release, params string[] mounts) =>
        All(release, mounts).Select(static p => (p.Operation, p.Right));

    [Theory]
    [InlineData("6.1.0-50-cloud-amd64", false)]
    [InlineData("6.12.107+deb13-amd64", false)]
    [InlineData("6.15.0", true)]
    [InlineData("7.2.13+deb14-cloud-amd64", true)]
    [InlineData("unheard-of", true)]
    public void Readers_go_on_where_the_kernel_ignores_the_hook(string release, bool ignores) =>
        Of(release).ShouldBe(ignores ? [.. s_ignored, .. s_never] : s_never);

    [Theory]
    [InlineData("query", "/proc/PID/maps")]
    [InlineData("move-memory", "process_madvise")]
    [InlineData("query", "prlimit")]
    [InlineData("debug", "perf_event_open")]
    public void Each_gap_says_what_goes_on(string right, string way) =>
        All("7.2.0").Where(p => p.Reason.Contains(way, StringComparison.Ordinal)).ShouldHaveSingleItem().Right.ShouldBe(right);

    [Fact]
    public void Memory_of_brk_is_named_where_the_kernel_has_no_function_for_it()
    {
        var gap = PartEnforcement.Of(HostKernel.VersionOf("6.12.0"), s_mounts, decidesGrowth: false)[^1];

        (gap.Operation, gap.Right).ShouldBe(("memory.map", null));
        gap.Reason.ShouldContain("brk");
    }

    [Fact]
    public void A_freezer_of_version_1_is_named_with_its_folder()
    {
        const string Freezer = "cgroup /mnt/freezer cgroup rw,relatime,freezer 0 0";

        Of("6.1.0", Freezer).ShouldBe([.. s_never, ("process.open", "freeze")]);
        All("6.1.0", Freezer)[^1].Reason.ShouldContain("/mnt/freezer");
        Of("6.1.0", "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0").ShouldBe(s_never);
    }

    [Fact]
    public void The_reference_of_the_control_API_has_the_same_rows()
    {
        var rows = File.ReadLines(Path.Combine(Root(), "docs/reference/control-api.md"))
            .Where(static l => l.StartsWith("| `process.open`, `", StringComparison.Ordinal))
            .Select(static l => l.Split('`')[3]);

        rows.ShouldBe(Of("7.2.0", "cgroup /mnt/freezer cgroup rw,freezer 0 0").Select(static p => p.Item2!), ignoreOrder: true);
    }

    [Fact]
    public void This_host_is_looked_at_without_an_error() => PartEnforcement.OfThisHost().ShouldNotBeNull();

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "global.json")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not in the repository");
        }

        return directory;
    }
}
