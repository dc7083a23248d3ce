using System.Security.Cryptography;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;
using Gatehouse.Trust;
using Shouldly;
using Xunit;
using TrustSource = Gatehouse.Kernel.TrustSource;

namespace Gatehouse.Agent.Tests;

public sealed class TrustTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Digests_are_in_the_kernel_before_the_first_policy_decides()
    {
        Write(Entry("/a", 1, TrustOrigin.Baseline), Entry("/b", 1, TrustOrigin.OfPackage("p", "1")), Entry("/v", 2, TrustOrigin.Baseline, DigestKind.FsVerity));

        await using var agent = await StartAsync();

        agent.Gate.TrustedAtLoad.Select(static d => (d.Digest.Span[0], d.Digest.Length, d.Kind, d.Source)).ShouldBe(
        [
            ((byte)1, 32, TrustedDigestKind.Content, TrustSource.Package), ((byte)2, 32, TrustedDigestKind.FsVerity, TrustSource.Baseline),
        ]);
        var status = await agent.Client.GetStatusAsync(Cancel);
        status.Health.ShouldBe(AgentHealth.Ok);
        (status.Trust.Exists, status.Trust.SignatureVerified, status.Trust.Counter, status.Trust.Digests).ShouldBe((true, false, 1ul, 2));
        (status.Trust.Entries["package"], status.Trust.Entries["baseline"], status.Trust.Entries["signer"]).ShouldBe((1, 2, 0));
    }

    [Fact]
    public async Task Without_a_database_nothing_is_trusted_and_nothing_is_wrong()
    {
        await using var agent = await StartAsync();

        var status = await agent.Client.GetStatusAsync(Cancel);

        (status.Health, status.Trust.Exists, status.Trust.Digests, status.Trust.Refused).ShouldBe((AgentHealth.Ok, false, 0, null));
    }

    [Fact]
    public async Task A_reload_exchanges_the_digests_and_begins_a_new_generation()
    {
        Write(Entry("/a", 1, TrustOrigin.Baseline));
        await using var agent = await StartAsync();
        var generation = agent.Gate.Generation;
        Write(Entry("/b", 2, TrustOrigin.Baseline));

        var status = await agent.Client.ReloadTrustAsync(Cancel);

        status.Counter.ShouldBe(2ul);
        agent.Gate.Generation.ShouldBe(generation + 1);
        agent.Gate.TrustedAtLoad.ShouldHaveSingleItem().Digest.Span[0].ShouldBe((byte)2);
    }

    [Fact]
    public async Task A_reload_during_a_trial_does_not_keep_what_is_tried()
    {
        await using (var agent = await StartAsync())
        {
            await agent.Client.TryPoliciesAsync([TestAgent.DenyPath("tried", "/t")], TimeSpan.FromMinutes(1), cancellationToken: Cancel);
            await agent.Client.ReloadTrustAsync(Cancel);
            agent.Gate.Image!.Policies.ShouldHaveSingleItem();
            (await agent.Client.GetStatusAsync(Cancel)).Trial.ShouldNotBeNull();
            await agent.Client.EndTrialAsync(Cancel);
            agent.Gate.Image!.Policies.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_refused_database_adds_nothing_and_what_was_before_goes_on_to_count()
    {
        Write(Entry("/a", 1, TrustOrigin.Baseline));
        await using var agent = await StartAsync();
        agent.Gate.Trusted.ShouldHaveSingleItem();
        await File.AppendAllTextAsync(_directory.File("state/trust.db"), "x", Cancel);

        var problem = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ReloadTrustAsync(Cancel));

        (problem.Problem.Status, problem.Problem.Type).ShouldBe((422, "urn:gatehouse:problem:trust-refused"));
        agent.Gate.TrustedAtLoad.ShouldHaveSingleItem();
        var status = await agent.Client.GetStatusAsync(Cancel);
        status.Health.ShouldBe(AgentHealth.Degraded);
        status.Trust.Refused!.ShouldContain("damaged");
        (status.Trust.Digests, status.Trust.Entries["baseline"]).ShouldBe((1, 0));

        Write(fresh: true, null, Entry("/a", 1, TrustOrigin.Baseline));
        await agent.Client.ReloadTrustAsync(Cancel);
        (await agent.Client.GetStatusAsync(Cancel)).Health.ShouldBe(AgentHealth.Ok);
    }

    [Fact]
    public async Task A_database_with_which_the_policies_would_lock_the_owner_out_is_refused()
    {
        _directory.Write("vital", "what the owner needs");
        var vital = new VitalFile(_directory.File("vital"), "the first process of this host", IsLibrary: false);
        var content = new TrustDigest(SHA256.HashData("what the owner needs"u8));
        Write(Entry("/vital", 1, TrustOrigin.Baseline) with { Digest = content });
        await using var agent = await TestAgent.StartAsync(
            Cancel, directory: _directory, change: e => e with { VitalFiles = () => [vital] });
        const string AllowList = """
            apiVersion: gatehouse/v1
            metadata: {name: allow-list}
            rules: [{name: unknown, on: [process.exec, image.load], when: image.trust == "none", action: deny}]
            """;
        await agent.Client.ApplyPoliciesAsync([new PolicyFile("allow-list.yaml", AllowList)], cancellationToken: Cancel);
        Write(fresh: true, null, Entry("/other", 2, TrustOrigin.Baseline));

        var problem = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ReloadTrustAsync(Cancel));

        problem.Problem.Detail!.ShouldContain("nobody could undo it");
        agent.Gate.Trusted.ShouldHaveSingleItem().Digest.Span.SequenceEqual(SHA256.HashData("what the owner needs"u8)).ShouldBeTrue();
    }

    [Fact]
    public async Task With_the_owners_key_unsigned_is_refused_signed_is_read_and_an_old_one_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(Entry("/a", 1, TrustOrigin.Baseline));
        _directory.Write("owner.pub", key.ExportSubjectPublicKeyInfoPem());
        await using var agent = await StartAsync();
        (await agent.Client.GetStatusAsync(Cancel)).Trust.Refused!.ShouldContain("is not signed");

        Write(fresh: true, key, Entry("/a", 1, TrustOrigin.Baseline));
        (await agent.Client.ReloadTrustAsync(Cancel)).SignatureVerified.ShouldBeTrue();
        var (old, signature) = (File.ReadAllBytes(_directory.File("state/trust.db")), File.ReadAllBytes(_directory.File("state/trust.db.sig")));
        Write(fresh: false, key, Entry("/b", 2, TrustOrigin.Baseline));
        await agent.Client.ReloadTrustAsync(Cancel);

        // With the mark on the disk gone too: the agent remembers itself.
        await File.WriteAllBytesAsync(_directory.File("state/trust.db"), old, Cancel);
        await File.WriteAllBytesAsync(_directory.File("state/trust.db.sig"), signature, Cancel);
        File.Delete(_directory.File("state/trust.db.seen"));
        var problem = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ReloadTrustAsync(Cancel));
        problem.Problem.Detail!.ShouldContain("an old database was put back");
        agent.Gate.Trusted.ShouldHaveSingleItem().Digest.Span[0].ShouldBe((byte)2);
    }

    [Fact]
    public async Task A_kernel_side_that_is_full_or_fails_is_told()
    {
        Write(Entry("/a", 1, TrustOrigin.Baseline), Entry("/b", 2, TrustOrigin.Baseline));
        await using var agent = await StartAsync(new FakeKernelGate { TrustCapacity = 1 });
        var status = await agent.Client.GetStatusAsync(Cancel);
        (status.Health, status.Trust.Digests, status.Trust.LeftOut).ShouldBe((AgentHealth.Degraded, 1, 1));

        agent.Gate.TrustFailure = new KernelGateException(GateFailure.OperationFailed, "map", null, null);
        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ReloadTrustAsync(Cancel))).Problem.Detail!.ShouldContain("map");

        agent.Gate.TrustFailure = null;
        agent.Gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "tables", null, null);
        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ReloadTrustAsync(Cancel))).Problem.Type.ShouldEndWith("policies-not-reloaded");
    }

    public void Dispose() => _directory.Dispose();

    private static TrustEntry Entry(string path, byte digest, TrustOrigin origin, DigestKind kind = DigestKind.Content)
    {
        var bytes = new byte[32];
        bytes[0] = digest;
        return new TrustEntry(path, kind, new TrustDigest(bytes), null, origin);
    }

    private Task<TestAgent> StartAsync(FakeKernelGate? gate = null) => TestAgent.StartAsync(Cancel, gate, _directory);

    private void Write(params TrustEntry[] entries) => Write(fresh: false, null, entries);

    private void Write(bool fresh, ECDsa? key, params TrustEntry[] entries)
    {
        var file = new TrustDatabaseFile(new TrustFileOptions
        {
            Path = _directory.File("state/trust.db"),
            OwnerKeyPath = _directory.File("owner.pub"),
            FlushDirectory = HostFiles.FlushDirectory,
        });
        using var change = file.BeginChange(TimeSpan.FromSeconds(5), fresh);
        change.Commit(entries, key);
    }
}
