using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class DpkgTests : IDisposable
{
    private const string Sum = "0123456789abcdef0123456789abcdef";

    private readonly FakeRoot _root = new();

    [Fact]
    public void Packages_whose_files_are_unpacked_count_and_no_others()
    {
        foreach (var state in (string[])["installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending",
            "config-files", "half-installed", "not-installed"])
        {
            _root.Register("p-" + state, "1", [], [], state);
        }

        _root.Dpkg.ReadPackages().Select(static p => p.Name).ShouldBe(
            ["p-half-configured", "p-installed", "p-triggers-awaited", "p-triggers-pending", "p-unpacked"]);
    }

    [Fact]
    public void A_package_for_several_architectures_has_its_architecture_in_its_name()
    {
        _root.Register("libc6", "2.36", ["/lib/libc.so"], [Sum + "  lib/libc.so"], more: "Multi-Arch: same\n", info: "libc6:amd64");

        var dpkg = _root.Dpkg;
        var package = dpkg.ReadPackages().ShouldHaveSingleItem();

        (package.Name, package.Version).ShouldBe(("libc6:amd64", "2.36"));
        dpkg.ReadFiles(package).ShouldHaveSingleItem().Reference!.Hex.ShouldBe(Sum);
    }

    [Fact]
    public void Sums_are_found_for_odd_names_and_for_configuration_files()
    {
        _root.Register(
            "p",
            "1",
            ["/a b", "/x\\x2dy", "/e\\scaped", "/etc/init.d/a b", "/etc/old", "/none"],
            [Sum + "  a b", Sum + "  x\\x2dy", "\\" + Sum + "  e\\\\scaped"],
            more: $"Conffiles:\n /etc/init.d/a b {Sum}\n /etc/old {Sum} obsolete\n /etc/gone newconffile\nDescription: x\n {Sum}\n");
        var dpkg = _root.Dpkg;

        var files = dpkg.ReadFiles(dpkg.ReadPackages()[0]);

        files.Select(static f => (f.Path, f.Reference?.Hex)).ShouldBe(
        [
            ("/a b", Sum), ("/x\\x2dy", Sum), ("/e\\scaped", Sum), ("/etc/init.d/a b", Sum), ("/etc/old", Sum), ("/none", null),
        ]);
    }

    [Fact]
    public void A_diverted_file_is_the_packages_under_its_diverted_name_and_the_diverting_packages_stays()
    {
        var (mine, theirs, local) = (FakeRoot.Script("mine"), FakeRoot.Script("theirs"), FakeRoot.Script("local"));
        _root.Install("first", "1", ("/usr/bin/tool", mine), ("/usr/bin/other", local));
        File.Move(_root.On("/usr/bin/tool"), _root.On("/usr/bin/tool.real"));
        File.Move(_root.On("/usr/bin/other"), _root.On("/usr/bin/other.distrib"));
        _root.Divert("/usr/bin/tool", "/usr/bin/tool.real", "second");
        _root.Divert("/usr/bin/other", "/usr/bin/other.distrib", ":");
        _root.Install("second", "1", ("/usr/bin/tool", theirs));

        var scanned = _root.Scan();

        scanned.Findings.ShouldBeEmpty();
        scanned.Entries.Select(static e => (e.Path, e.Origin.Package, e.Digest)).ShouldBe(
        [
            ("/usr/bin/tool.real", "first", FakeRoot.Sha256(mine)),
            ("/usr/bin/other.distrib", "first", FakeRoot.Sha256(local)),
            ("/usr/bin/tool", "second", FakeRoot.Sha256(theirs)),
        ],
        ignoreOrder: true);
    }

    [Fact]
    public void A_database_that_breaks_off_or_has_no_list_of_a_package_is_an_error()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")));
        File.WriteAllText(_root.On("/var/lib/dpkg/diversions"), "/a\n/b\n");
        Should.Throw<PackageDatabaseException>(() => _root.Scan()).Message.ShouldContain("breaks off");

        File.Delete(_root.On("/var/lib/dpkg/diversions"));
        File.Delete(_root.On("/var/lib/dpkg/info/p.list"));
        Should.Throw<PackageDatabaseException>(() => _root.Scan()).Message.ShouldContain("p.list is missing");

        File.Delete(_root.On("/var/lib/dpkg/status"));
        Should.Throw<PackageDatabaseException>(() => _root.Scan()).Message.ShouldContain("no root file system with dpkg");
    }

    [Fact]
    public void Names_that_are_no_utf8_lead_to_no_file_and_are_not_recorded()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")));
        File.WriteAllBytes(_root.On("/var/lib/dpkg/info/p.list"), [.. "/usr/bin/a\n/usr/bin/caf"u8, 0xe9, .. "\n"u8]);

        _root.Scan().Entries.ShouldHaveSingleItem().Path.ShouldBe("/usr/bin/a");
    }

    public void Dispose() => _root.Dispose();
}
