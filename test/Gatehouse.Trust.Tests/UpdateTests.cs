using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class UpdateTests : IDisposable
{
    private readonly FakeRoot _root = new();
    private readonly TrustDatabase _database;
    private readonly ScanState _state;

    public UpdateTests()
    {
        _root.Install("a", "1", ("/usr/bin/a", FakeRoot.Script("a1")));
        _root.Install("b", "1", ("/usr/bin/b", FakeRoot.Script("b1")));
        var scanned = _root.Scan();
        _database = TrustDatabase.Create(1, [.. scanned.Entries, Entries.Baseline("/opt/x")]);
        _state = scanned.State;
    }

    [Fact]
    public void Nothing_is_done_if_nothing_changed() => Find(_state).IsEmpty.ShouldBeTrue();

    [Fact]
    public void An_upgraded_package_is_scanned_and_its_earlier_digests_are_given_up()
    {
        _root.Install("a", "2", ("/usr/bin/a", FakeRoot.Script("a2")));

        var (update, after) = Update();

        update.Changed.ShouldHaveSingleItem().Name.ShouldBe("a");
        after.Select(static e => (e.Path, e.Digest)).ShouldBe(
        [
            ("/opt/x", Entries.Digest("x")),
            ("/usr/bin/a", FakeRoot.Sha256(FakeRoot.Script("a2"))),
            ("/usr/bin/b", FakeRoot.Sha256(FakeRoot.Script("b1"))),
        ]);
    }

    [Fact]
    public void A_package_that_is_installed_again_in_the_same_version_is_scanned()
    {
        File.SetLastWriteTimeUtc(_root.On("/var/lib/dpkg/info/a.list"), DateTime.UnixEpoch);

        Find(_state).Changed.ShouldHaveSingleItem().Name.ShouldBe("a");
    }

    [Fact]
    public void Digests_of_a_removed_package_are_given_up()
    {
        _root.Uninstall("a");

        var (update, after) = Update();

        update.Removed.ShouldBe(["a"]);
        after.Select(static e => e.Path).ShouldBe(["/opt/x", "/usr/bin/b"]);
    }

    [Fact]
    public void What_differs_from_its_sum_is_not_recorded_by_an_update_either()
    {
        _root.Install("a", "2", ("/usr/bin/a", FakeRoot.Script("a2")));
        _root.Write("/usr/bin/a", FakeRoot.Script("backdoor"));

        Update().After.Select(static e => e.Path).ShouldBe(["/opt/x", "/usr/bin/b"]);
    }

    [Fact]
    public void A_new_diversion_has_every_package_scanned()
    {
        _root.Divert("/usr/bin/b", "/usr/bin/b.real", "a");

        Find(_state).Changed.Select(static p => p.Name).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Without_a_state_or_with_a_damaged_one_every_package_is_scanned()
    {
        Find(ScanState.Empty).Changed.Count.ShouldBe(2);
        var file = Path.Combine(_root.Path, "state");
        _state.Write(file, static _ => { });
        Find(ScanState.Read(file)).IsEmpty.ShouldBeTrue();
        var text = File.ReadAllText(file);
        foreach (var damaged in (string[])["", "junk", text[..^1], text.Replace("\t1\t", "\t", StringComparison.Ordinal)])
        {
            File.WriteAllText(file, damaged);
            Find(ScanState.Read(file)).Changed.Count.ShouldBe(2);
        }
    }

    [Fact]
    public void A_forged_state_does_not_keep_digests_of_an_earlier_version()
    {
        _root.Install("a", "2", ("/usr/bin/a", FakeRoot.Script("a2")));
        var forged = _root.Scan().State;

        Find(forged).Changed.ShouldHaveSingleItem().Name.ShouldBe("a");
    }

    [Fact]
    public void The_state_afterwards_knows_all_packages_and_files()
    {
        _root.Install("a", "2", ("/usr/bin/a", FakeRoot.Script("a2")));
        var (update, after, scanned) = UpdateAll();

        var state = update.Merge(_state, TrustDatabase.Create(2, after), scanned);

        Find(state, after).IsEmpty.ShouldBeTrue();
        state.Files.Keys.ShouldBe(["/usr/bin/a", "/usr/bin/b"], ignoreOrder: true);
        state.Files["/usr/bin/a"].ShouldBe(Host.Look(_root.On("/usr/bin/a"))!.Value);
    }

    public void Dispose() => _root.Dispose();

    private TrustUpdate Find(ScanState state, IReadOnlyList<TrustEntry>? entries = null) =>
        TrustUpdate.Find(entries is null ? _database : TrustDatabase.Create(2, entries), state, _root.Dpkg);

    private (TrustUpdate Update, IReadOnlyList<TrustEntry> After) Update() => UpdateAll() is var (update, after, _) ? (update, after) : default;

    private (TrustUpdate Update, IReadOnlyList<TrustEntry> After, ScanResult Scanned) UpdateAll()
    {
        var dpkg = _root.Dpkg;
        var update = TrustUpdate.Find(_database, _state, dpkg);
        var scanned = new TrustScanner(dpkg, Host.Look, new ModuleUnpacker())
            .Scan(update.Changed, _root.Options, null, TestContext.Current.CancellationToken);
        return (update, TrustDatabase.Create(2, update.Merge(_database, scanned)).Entries, scanned);
    }
}
