using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel.Shielding;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Sealing;

/// <summary>What policies protect, on a fake shield.</summary>
public sealed class ProtectionTests : IDisposable
{
    private readonly TestDirectory _files = new();
    private readonly ManualTimeProvider _time = new();
    private readonly string _program;
    private readonly string _folder;

    public ProtectionTests()
    {
        _program = _files.Write("agentd", "program");
        _folder = Directory.CreateDirectory(_files.File("data")).FullName;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Policy_is_told_to_the_shield_and_shown_until_it_is_removed()
    {
        var shield = new FakeKernelShield();
        await using var agent = await StartAsync(shield);

        await agent.Client.ApplyPoliciesAsync([Policy(_folder)], cancellationToken: Cancel);

        var group = shield.Groups.ShouldHaveSingleItem();
        group.Name.ShouldBe("acme/p/agent");
        group.Files.ShouldBe([_folder]);
        group.Programs.ShouldBe([_program, "/bin/sh"]);
        group.Contents.ShouldBe(["/etc/hostname"]);
        (await SealAsync(agent)).Protected.ShouldBe(["acme/p/agent"]);

        await agent.Client.RemovePolicyAsync("p", Cancel);
        shield.Groups.ShouldBeEmpty();
        (await SealAsync(agent)).Protected.ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_policies_change_nothing_of_it()
    {
        var shield = new FakeKernelShield();
        await using var agent = await StartAsync(shield);
        await agent.Client.ApplyPoliciesAsync([Policy(_folder)], cancellationToken: Cancel);
        shield.Told.Clear();

        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("other", "/x")], cancellationToken: Cancel);

        shield.Told.ShouldBeEmpty();
        shield.Groups.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("/usr", ProtectionGuard.BreaksHost, "/usr is a folder that the host itself must be able to change")]
    [InlineData("LINK/usr", ProtectionGuard.BreaksHost, "/usr is a folder that the host itself must be able to change")]
    [InlineData("/proc/sys", ProtectionGuard.BreaksHost, "is the kernel's")]
    [InlineData("/nowhere/at/all", ProtectionGuard.Missing, "is not there")]
    [InlineData("STATE", ProtectionGuard.BreaksHost, "Gatehouse's own")]
    public async Task What_would_break_the_host_or_is_not_there_is_refused_with_its_place(string path, string code, string reason)
    {
        var shield = new FakeKernelShield();
        using var directory = new TestDirectory();
        await using var agent = await StartAsync(shield, directory);

        Directory.CreateSymbolicLink(directory.File("link"), "/");
        var named = path.Replace("STATE", directory.File("state"), StringComparison.Ordinal).Replace("LINK", directory.File("link"), StringComparison.Ordinal);

        var refused = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ApplyPoliciesAsync([Policy(named)], cancellationToken: Cancel));

        var finding = refused.Problem.Diagnostics.ShouldNotBeNull().ShouldHaveSingleItem();
        finding.Code.ShouldBe(code);
        finding.Message.ShouldContain(reason);
        finding.Line.ShouldBe(6);
        shield.Groups.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_seal_files_are_not_protected_and_the_policy_is_refused()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var refused = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ApplyPoliciesAsync([Policy(_folder)], cancellationToken: Cancel));

        refused.Problem.Diagnostics.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe(ProtectionGuard.NotSealed);
    }

    [Fact]
    public async Task Shield_that_has_no_room_refuses_the_policy_and_what_was_protected_stays()
    {
        var shield = new FakeKernelShield { Unguardable = _program };
        await using var agent = await StartAsync(shield);
        await agent.Client.ApplyPoliciesAsync([Policy(_folder)], cancellationToken: Cancel);

        await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ApplyPoliciesAsync([Policy(_program)], cancellationToken: Cancel));

        shield.Groups.ShouldHaveSingleItem().Files.ShouldBe([_folder]);
        (await agent.Client.GetStatusAsync(Cancel)).Health.ShouldBe(AgentHealth.Ok);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_member_exchanged_is_found_out_anew_and_until_then_the_status_is_red_if_it_is_not_there(bool ringIsFull)
    {
        var shield = new FakeKernelShield { RingIsFull = ringIsFull };
        await using var agent = await StartAsync(shield);
        await agent.Client.ApplyPoliciesAsync([Policy(_folder)], cancellationToken: Cancel);
        shield.Told.Clear();
        shield.Unguardable = _folder;
        shield.Attempt(TamperDeed.Update);
        await BecomesAsync(agent, AgentHealth.Failing, () => _time.Advance(TimeSpan.FromSeconds(1)));
        (await SealAsync(agent)).Refused.ContainsKey("update").ShouldBeFalse();

        shield.Unguardable = null;
        await BecomesAsync(agent, AgentHealth.Ok, () => _time.Advance(TimeSpan.FromSeconds(5)));
        shield.Told.Contains("protect acme/p/agent", StringComparer.Ordinal).ShouldBeTrue();
    }

    [Fact]
    public async Task Process_that_has_foreign_code_is_told_and_is_no_attempt()
    {
        var shield = new FakeKernelShield();
        await using var agent = await StartAsync(shield);
        shield.Attempt(TamperDeed.Standing, 9, "agentd", "acme/p/agent");

        AgentRecord? told = null;
        while (told is null)
        {
            await foreach (var record in agent.Client.ReadEventsAsync(new EventQuery { Since = 0 }, Cancel))
            {
                told ??= record is AgentRecord { Operation: "agent.member-refused" } own ? own : null;
            }
        }

        told.Detail.ShouldContain("acme/p/agent");
        (await SealAsync(agent)).LastAttempt.ShouldBeNull();
    }

    /// <summary>It is looked for again while there is somebody, and when something else is kept.</summary>
    [Fact]
    public async Task Who_has_had_something_since_before_is_told_until_he_has_ended()
    {
        var shield = new FakeKernelShield();
        shield.EarlierHolds.Add("process 9 (x) has had /y mapped");
        await using var agent = await TestAgent.StartAsync(
            Cancel,
            change: e => e with { OpenShield = _ => shield, SealScope = static _ => SealScope.Of(["/kept"], []), Time = _time },
            options: static o => o with { Seal = true });
        var status = await agent.Client.GetStatusAsync(Cancel);
        (status.Health, status.Problems.Single()).ShouldBe((AgentHealth.Degraded, "process 9 (x) has had /y mapped"));

        shield.EarlierHolds.Clear();
        await BecomesAsync(agent, AgentHealth.Ok, () => _time.Advance(EarlierHoldWatch.LooksEvery));

        shield.EarlierHolds.Add("process 10 (x) has had /z mapped");
        shield.IsSealed = false;
        await agent.Client.ApplyPoliciesAsync([Policy(_folder)], cancellationToken: Cancel);
        shield.IsSealed = true;
        await BecomesAsync(agent, AgentHealth.Degraded, () => _time.Advance(EarlierHoldWatch.LooksEvery));
    }

    private static async Task BecomesAsync(TestAgent agent, AgentHealth health, Action wait)
    {
        while ((await agent.Client.GetStatusAsync(Cancel)).Health != health)
        {
            wait();
            await Task.Delay(20, Cancel);
        }
    }

    private static async Task<SealStatus> SealAsync(TestAgent agent) => (await agent.Client.GetStatusAsync(Cancel)).Seal.ShouldNotBeNull();

    private PolicyFile Policy(string file) => new(
        "p.yaml",
        $"""
        apiVersion: gatehouse/v1
        metadata:
          name: p
          client: acme
        protect:
          - name: agent
            processes: ["{_program}"]
            files: ["{file}"]
            libraries: [/etc/hostname]
            updaters: [/bin/sh]
        """);

    /// <summary>Sealed, with policies that can be changed: by a shield that was lifted before.</summary>
    private async Task<TestAgent> StartAsync(FakeKernelShield shield, TestDirectory? directory = null)
    {
        var agent = await TestAgent.StartAsync(
            Cancel,
            directory: directory,
            change: e => e with { OpenShield = _ => shield, SealScope = static _ => SealScope.Of(["/kept"], []), Time = _time },
            options: static o => o with { Seal = true });
        shield.IsSealed = false;
        return agent;
    }
}
