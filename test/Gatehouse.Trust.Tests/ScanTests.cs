using System.IO.Compression;
using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class ScanTests : IDisposable
{
    private readonly FakeRoot _root = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Executables_libraries_scripts_and_modules_are_recorded_and_nothing_else()
    {
        _root.Install(
            "p",
            "1",
            ("/usr/bin/program", FakeRoot.Elf(2, "a")),
            ("/usr/lib/lib.so", FakeRoot.Elf(3, "b")),
            ("/usr/lib/crt1.o", FakeRoot.Elf(1, "c")),
            ("/lib/modules/6.1/m.ko", FakeRoot.Elf(1, "d")),
            ("/usr/bin/script", FakeRoot.Script("e")),
            ("/usr/share/data", "data that is long enough"u8.ToArray()),
            ("/usr/share/short", "#!"u8.ToArray()),
            ("/usr/share/empty", []));
        _root.Write("/usr/lib/lib.so", FakeRoot.Elf(3, "b"), executable: false);
        _root.Write("/usr/share/not-executable", FakeRoot.Script("f"), executable: false);
        File.AppendAllText(_root.On("/var/lib/dpkg/info/p.list"), "/usr/share/not-executable\n/usr/share/absent\n/usr/share\n");

        var scanned = _root.Scan();

        scanned.Findings.ShouldBeEmpty();
        scanned.Entries.Select(static e => e.Path).ShouldBe(
            ["/usr/bin/program", "/usr/lib/lib.so", "/lib/modules/6.1/m.ko", "/usr/bin/script"], ignoreOrder: true);
        var script = scanned.Entries.Single(static e => e.Path == "/usr/bin/script");
        (script.Digest, script.Size, script.Origin.ToString(), script.Source).ShouldBe(
            (FakeRoot.Sha256(FakeRoot.Script("e")), 12L, "p=1", TrustSource.Package));
    }

    [Fact]
    public void A_file_that_differs_from_its_sum_is_reported_and_not_recorded_unless_accepted()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")), ("/usr/bin/b", FakeRoot.Script("b")));
        _root.Write("/usr/bin/a", FakeRoot.Script("backdoor"));

        var scanned = _root.Scan();
        scanned.Entries.ShouldHaveSingleItem().Path.ShouldBe("/usr/bin/b");
        var finding = scanned.Findings.ShouldHaveSingleItem();
        (finding.Problem, finding.Path, finding.Package).ShouldBe((ScanProblem.Changed, "/usr/bin/a", "p"));
        finding.Detail.ShouldContain(FakeRoot.Md5(FakeRoot.Script("backdoor")));

        var accepted = _root.Scan(static o => o with { AcceptChanged = true });
        accepted.Entries.Single(static e => e.Path == "/usr/bin/a").Digest.ShouldBe(FakeRoot.Sha256(FakeRoot.Script("backdoor")));
        accepted.Findings.ShouldHaveSingleItem().Problem.ShouldBe(ScanProblem.Changed);
    }

    [Fact]
    public void A_file_without_a_sum_is_reported_and_not_recorded_unless_accepted()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")));
        File.Delete(_root.On("/var/lib/dpkg/info/p.md5sums"));

        var scanned = _root.Scan();

        scanned.Entries.ShouldBeEmpty();
        scanned.Findings.ShouldHaveSingleItem().Problem.ShouldBe(ScanProblem.NoReference);
        _root.Scan(static o => o with { AcceptChanged = true }).Entries.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_file_that_is_listed_under_both_names_of_a_merged_usr_is_one_entry()
    {
        _root.Install("p", "1", ("/bin/ls", FakeRoot.Script("ls")));
        File.AppendAllText(_root.On("/var/lib/dpkg/info/p.list"), "/usr/bin/ls\n");

        var scanned = _root.Scan();

        scanned.Entries.ShouldHaveSingleItem().Path.ShouldBe("/usr/bin/ls");
        scanned.Findings.ShouldBeEmpty("the sum stands under the other name");
    }

    [Fact]
    public void A_symbolic_link_is_no_entry_of_its_own()
    {
        _root.Install("p", "1", ("/usr/bin/real", FakeRoot.Script("a")));
        File.CreateSymbolicLink(_root.On("/usr/bin/link"), "real");
        File.CreateSymbolicLink(_root.On("/usr/bin/outside"), "/etc/passwd");
        File.CreateSymbolicLink(_root.On("/loop"), "/loop");
        File.AppendAllText(_root.On("/var/lib/dpkg/info/p.list"), "/usr/bin/link\n/usr/bin/outside\n/loop/x\n/../etc/passwd\n");

        var scanned = _root.Scan();

        scanned.Entries.ShouldHaveSingleItem().Path.ShouldBe("/usr/bin/real");
        scanned.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Absolute_links_in_directories_begin_at_the_root_that_is_scanned()
    {
        Directory.CreateDirectory(_root.On("/opt/real"));
        File.CreateSymbolicLink(_root.On("/opt/alias"), "/opt/real");
        _root.Install("p", "1", ("/opt/real/tool", FakeRoot.Script("a")));
        File.WriteAllText(_root.On("/var/lib/dpkg/info/p.list"), "/opt/alias/tool\n");
        File.WriteAllText(_root.On("/var/lib/dpkg/info/p.md5sums"), FakeRoot.Md5(FakeRoot.Script("a")) + "  opt/alias/tool\n");

        _root.Scan().Entries.ShouldHaveSingleItem().Path.ShouldBe("/opt/real/tool");
    }

    [Fact]
    public void An_inode_with_two_names_is_hashed_once_and_recorded_under_both()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")));
        File.Delete(_root.On("/usr/bin/b"));
        System.Diagnostics.Process.Start("ln", [_root.On("/usr/bin/a"), _root.On("/usr/bin/b")]).WaitForExit();
        _root.Register("p", "1", ["/usr/bin/a", "/usr/bin/b"], [FakeRoot.Md5(FakeRoot.Script("a")) + "  usr/bin/a", FakeRoot.Md5(FakeRoot.Script("a")) + "  usr/bin/b"]);

        var scanned = _root.Scan();

        scanned.Entries.Select(static e => e.Path).ShouldBe(["/usr/bin/a", "/usr/bin/b"]);
        scanned.Bytes.ShouldBe(FakeRoot.Script("a").Length);
    }

    [Theory]
    [InlineData("m.ko.xz", "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAMbW9kdWxlIGJ5dGVzCgAAAADqVC4jItlMxQABJQ1xGcS2H7bzfQEAAAAABFla")]
    [InlineData("m.ko.zst", "KLUv/SQNaQAAbW9kdWxlIGJ5dGVzCqNDT44=")]
    [InlineData("m.ko.gz", null)]
    public void A_compressed_module_is_recorded_as_file_and_as_what_modprobe_hands_over(string name, string? base64)
    {
        var module = "module bytes\n"u8.ToArray();
        var packed = base64 is null ? Gzip(module) : Convert.FromBase64String(base64);
        _root.Install("p", "1", ("/lib/modules/6.1/" + name, packed));

        var scanned = _root.Scan();

        scanned.Findings.ShouldBeEmpty();
        scanned.Entries.Select(static e => (e.Kind, e.Digest, e.Size)).ShouldBe(
        [
            (DigestKind.Content, FakeRoot.Sha256(packed), packed.Length),
            (DigestKind.Unpacked, FakeRoot.Sha256(module), module.Length),
        ]);
    }

    [Theory]
    [InlineData("m.ko.xz", "xz says")]
    [InlineData("m.ko.zst", "zstd says")]
    [InlineData("m.ko.gz", "cannot be unpacked")]
    public void A_module_that_cannot_be_unpacked_is_reported_and_only_its_file_recorded(string name, string detail)
    {
        _root.Install("p", "1", ("/lib/modules/6.1/" + name, "this is not compressed at all"u8.ToArray()));

        var scanned = _root.Scan();

        scanned.Entries.ShouldHaveSingleItem().Kind.ShouldBe(DigestKind.Content);
        var finding = scanned.Findings.ShouldHaveSingleItem();
        finding.Problem.ShouldBe(ScanProblem.NotUnpacked);
        finding.Detail.ShouldContain(detail);
    }

    [Fact]
    public void A_missing_command_is_reported_and_the_module_skipped()
    {
        _root.Install("p", "1", ("/lib/modules/6.1/m.ko.xz", "anything"u8.ToArray()));
        var scanner = new TrustScanner(_root.Dpkg, Host.Look, new ModuleUnpacker([_root.On("/usr/bin")]));

        var scanned = scanner.Scan(null, _root.Options, null, Cancel);

        scanned.Findings.ShouldHaveSingleItem().Detail.ShouldContain("the command xz is missing");
        scanned.Entries.ShouldHaveSingleItem().Kind.ShouldBe(DigestKind.Content);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_not_recorded()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")));
        var looks = 0;
        FileFacts? Look(string path) => path.EndsWith("/a", StringComparison.Ordinal) && looks++ > 0
            ? Host.Look(path)!.Value with { ChangedNanoseconds = 1 }
            : Host.Look(path);

        var scanned = new TrustScanner(_root.Dpkg, Look, new ModuleUnpacker()).Scan(null, _root.Options, null, Cancel);

        scanned.Entries.ShouldBeEmpty();
        scanned.Findings.ShouldHaveSingleItem().Detail.ShouldContain("changed while it was read");
    }

    [Fact]
    public void A_quick_scan_reads_no_file_that_is_as_it_was_and_every_one_that_is_not()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")), ("/usr/bin/b", FakeRoot.Script("b")));
        var first = _root.Scan();
        var state = Path.Combine(_root.Path, "state");
        first.State.Write(state, static _ => { });
        ScanResult Quick() => _root.Scan(o => o with { Earlier = ScanState.Read(state), Known = TrustDatabase.Create(1, first.Entries) });

        var unchanged = Quick();
        unchanged.Entries.ShouldBe(first.Entries);
        unchanged.Bytes.ShouldBe(0);

        // An attacker sets the mtime back; the ctime tells.
        var time = File.GetLastWriteTimeUtc(_root.On("/usr/bin/a"));
        File.WriteAllBytes(_root.On("/usr/bin/a"), FakeRoot.Script("x"));
        File.SetLastWriteTimeUtc(_root.On("/usr/bin/a"), time);
        var changed = Quick();
        changed.Entries.ShouldHaveSingleItem().Path.ShouldBe("/usr/bin/b");
        changed.Findings.ShouldHaveSingleItem().Problem.ShouldBe(ScanProblem.Changed);
    }

    [Fact]
    public void A_quick_scan_without_a_known_digest_reads_the_file_whatever_the_state_says()
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")));
        var state = _root.Scan().State;

        _root.Scan(o => o with { Earlier = state, Known = TrustDatabase.Empty }).Bytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_scan_can_be_cancelled() => Should.Throw<OperationCanceledException>(() =>
    {
        _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")));
        _root.Scanner.Scan(null, _root.Options, null, new CancellationToken(canceled: true));
    });

    public void Dispose() => _root.Dispose();

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
