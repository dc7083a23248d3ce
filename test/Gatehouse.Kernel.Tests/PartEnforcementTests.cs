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

    private static IEnumerable<(string, string?)> Of(string release, params string[] mounts) =>
        PartEnforcement.Of(HostKernel.VersionOf(release), [.. s_mounts, .. mounts]).Select(static p => (p.Operation, p.Right));

    [Theory]
    [InlineData("6.1.0-50-cloud-amd64", false)]
    [InlineData("6.12.107+deb13-amd64", false)]
    [InlineData("6.15.0", true)]
    [InlineData("7.2.13+deb14-cloud-amd64", true)]
    [InlineData("unheard-of", true)]
    public void Reading_maps_goes_on_where_the_kernel_ignores_the_hook(string release, bool named) =>
        Of(release).ShouldBe(named ? [("process.open", "query")] : []);

    [Fact]
    public void A_freezer_of_version_1_is_named_with_its_folder()
    {
        const string Freezer = "cgroup /mnt/freezer cgroup rw,relatime,freezer 0 0";

        Of("6.1.0", Freezer).ShouldBe([("process.open", "freeze")]);
        PartEnforcement.Of(new Version(6, 1), [Freezer]).Single().Reason.ShouldContain("/mnt/freezer");
        Of("6.1.0", "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0").ShouldBeEmpty();
    }

    [Fact]
    public void This_host_is_looked_at_without_an_error() => PartEnforcement.OfThisHost().ShouldNotBeNull();
}
