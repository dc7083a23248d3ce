using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class VerifyTests : IDisposable
{
    private readonly FakeRoot _root = new();

    [Fact]
    public void A_host_as_it_was_recorded_has_no_difference()
    {
        Install();
        _root.Write("/opt/v", "verity"u8.ToArray());
        using var verity = new FsVerityDigest();
        verity.Append("verity"u8);
        var byHand = new TrustEntry("/opt/v", DigestKind.FsVerity, verity.Finish(), null, TrustOrigin.Baseline);

        Verify([.. _root.Scan().Entries, byHand]).ShouldBeEmpty();
    }

    [Fact]
    public void Changed_missing_and_unrecorded_files_are_found()
    {
        Install();
        _root.Write("/opt/v", "verity"u8.ToArray());
        var entries = _root.Scan().Entries.Append(Entries.Baseline("/opt/v", kind: DigestKind.FsVerity)).Append(Entries.Baseline("/opt/gone"));
        _root.Write("/usr/bin/a", FakeRoot.Script("backdoor"));
        File.Delete(_root.On("/usr/bin/b"));
        Directory.CreateDirectory(_root.On("/usr/bin/b"));
        _root.Install("new", "1", ("/usr/bin/new", FakeRoot.Script("new")), ("/usr/bin/bad", FakeRoot.Script("bad")));
        _root.Write("/usr/bin/bad", FakeRoot.Script("worse"));

        Verify(entries).Select(static f => (f.Problem, f.Path)).ShouldBe(
        [
            (VerifyProblem.Missing, "/opt/gone"),
            (VerifyProblem.Changed, "/opt/v"),
            (VerifyProblem.Changed, "/usr/bin/a"),
            (VerifyProblem.Changed, "/usr/bin/b"),
            (VerifyProblem.Unrecorded, "/usr/bin/bad"),
            (VerifyProblem.Unrecorded, "/usr/bin/new"),
        ]);
    }

    public void Dispose() => _root.Dispose();

    private void Install() => _root.Install("p", "1", ("/usr/bin/a", FakeRoot.Script("a")), ("/usr/bin/b", FakeRoot.Script("b")));

    private IReadOnlyList<VerifyFinding> Verify(IEnumerable<TrustEntry> entries) => new TrustVerifier(_root.Dpkg, Host.Look, new ModuleUnpacker())
        .Verify(TrustDatabase.Create(1, entries), _root.Options, null, TestContext.Current.CancellationToken);
}
