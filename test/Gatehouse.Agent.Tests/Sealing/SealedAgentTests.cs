using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;
using Gatehouse.Trust;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Sealing;

/// <summary>The agent with --seal, on a fake shield.</summary>
public sealed class SealedAgentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Seals_before_it_attaches_and_the_seal_outlives_it()
    {
        var shield = new FakeKernelShield();
        await using (var agent = await StartAsync(shield))
        {
            shield.Told[..2].ShouldBe(["clear", "keeper " + Environment.ProcessPath]);
            shield.Told.Contains("guard /kept", StringComparer.Ordinal).ShouldBeTrue();
            shield.Told.Contains("content /lib/x.so", StringComparer.Ordinal).ShouldBeTrue();
            shield.Told[^1].ShouldBe("seal");
            var status = await agent.Client.GetStatusAsync(Cancel);
            status.Seal.ShouldNotBeNull().Sealed.ShouldBeTrue();
            status.Seal.Refused["name"].ShouldBe(3ul);
            status.Policies.Select(static p => p.Name).ShouldBe([SelfProtection.PolicyName]);
            status.Enforcement.Canary.ShouldContain(static c => c.Hook == "shield");
        }

        shield.IsSealed.ShouldBeTrue();
        shield.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Policies_are_not_changed_and_the_built_in_one_is_not_saved()
    {
        using var directory = new TestDirectory();
        var shield = new FakeKernelShield();
        await using (var agent = await StartAsync(shield, directory))
        {
            var refused = await Should.ThrowAsync<ControlProblemException>(
                () => agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("p", "/x")], replaceAll: true, Cancel));
            refused.Message.ShouldContain("ticket");
            await Should.ThrowAsync<ControlProblemException>(() => agent.Client.RemovePolicyAsync(SelfProtection.PolicyName, Cancel));
            shield.IsSealed = false;
            await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("p", "/x")], replaceAll: true, Cancel);
            (await agent.Client.GetStatusAsync(Cancel)).Policies.Select(static p => p.Name).ShouldBe(["gatehouse-self", "p"], ignoreOrder: true);
            await Should.ThrowAsync<ControlProblemException>(() => agent.Client.RemovePolicyAsync(SelfProtection.PolicyName, Cancel));
        }

        File.ReadAllText(directory.File("state/policies.json")).ShouldNotContain(SelfProtection.PolicyName);
    }

    [Fact]
    public async Task Owners_ticket_lifts_the_seal_for_its_time_and_what_is_kept_is_found_out_anew()
    {
        using var directory = new TestDirectory();
        using var owner = new Owner();
        directory.Write("owner.pub", owner.PublicPem);
        var shield = new FakeKernelShield();
        var time = new ManualTimeProvider();
        await using var agent = await TestAgent.StartAsync(
            Cancel,
            directory: directory,
            change: e => Change(e, shield) with
            {
                Time = time,
                Clock = t => new Events.BootClock(t, () => time.GetUtcNow() - Owner.Noon + TimeSpan.FromSeconds(1000)),
                MachineId = Owner.Host,
            },
            options: static o => o with { Seal = true });

        await agent.Client.UseTicketAsync(owner.Signed(TicketAction.Unseal), Cancel);
        shield.IsSealed.ShouldBeFalse();
        var lifted = await agent.Client.GetStatusAsync(Cancel);
        lifted.Policies.ShouldBeEmpty();
        lifted.Seal.ShouldNotBeNull().ProcessKept.ShouldBeFalse();
        shield.Told.Clear();
        for (var i = 0; i < 361; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }

        // The devices beneath are those of whatever host runs this.
        shield.Told.Where(static t => !t.StartsWith("device", StringComparison.Ordinal)).ShouldBe(["clear", "keeper " + Environment.ProcessPath, "guard /kept", "content /lib/x.so", "seal"]);
        var sealedAgain = await agent.Client.GetStatusAsync(Cancel);
        sealedAgain.Policies.Select(static p => p.Name).ShouldBe([SelfProtection.PolicyName]);
        sealedAgain.Seal.ShouldNotBeNull().ProcessKept.ShouldBeTrue();
    }

    /// <summary>Each part comes back by itself, and what did not is tried again.</summary>
    [Fact]
    public async Task Ticket_that_ends_seals_the_host_although_the_kernel_refuses_the_policy_of_the_process()
    {
        using var directory = new TestDirectory();
        using var owner = new Owner();
        directory.Write("owner.pub", owner.PublicPem);
        var shield = new FakeKernelShield();
        var time = new ManualTimeProvider();
        var gate = new FakeKernelGate();
        await using var agent = await TestAgent.StartAsync(
            Cancel,
            gate,
            directory,
            change: e => Change(e, shield) with
            {
                Time = time,
                Clock = t => new Events.BootClock(t, () => time.GetUtcNow() - Owner.Noon + TimeSpan.FromSeconds(1000)),
                MachineId = Owner.Host,
            },
            options: static o => o with { Seal = true });
        await agent.Client.UseTicketAsync(owner.Signed(TicketAction.Unseal), Cancel);
        gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "no memory");
        for (var i = 0; i < 361; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }

        shield.IsSealed.ShouldBeTrue();
        var stuck = await agent.Client.GetStatusAsync(Cancel);
        stuck.Seal.ShouldNotBeNull().ProcessKept.ShouldBeFalse();
        stuck.Health.ShouldBe(AgentHealth.Failing);

        gate.LoadFailure = null;
        time.Advance(TimeSpan.FromSeconds(10));
        var mended = await agent.Client.GetStatusAsync(Cancel);
        mended.Seal.ShouldNotBeNull().ProcessKept.ShouldBeTrue();
        mended.Health.ShouldBe(AgentHealth.Ok);
    }

    [Fact]
    public async Task Ticket_for_policies_lets_them_be_changed_while_sealed_and_the_built_in_one_stays()
    {
        using var directory = new TestDirectory();
        using var owner = new Owner();
        directory.Write("owner.pub", owner.PublicPem);
        var shield = new FakeKernelShield();
        await using var agent = await TestAgent.StartAsync(
            Cancel,
            directory: directory,
            change: e => Change(e, shield) with { Time = new ManualTimeProvider(), MachineId = Owner.Host },
            options: static o => o with { Seal = true });

        await agent.Client.UseTicketAsync(owner.Signed(TicketAction.Policy), Cancel);
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("p", "/x")], replaceAll: true, Cancel);

        shield.IsSealed.ShouldBeTrue();
        (await agent.Client.GetStatusAsync(Cancel)).Policies.Select(static p => p.Name).ShouldBe(["gatehouse-self", "p"], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_that_fails_after_the_seal_breaks_it_again()
    {
        var shield = new FakeKernelShield();
        (await RunAsync(shield, new FakeKernelGate { CanaryIsDenied = false })).ShouldBe(ExitStatus.CannotEnforce);
        shield.IsSealed.ShouldBeFalse();
        shield.Told.Contains("seal", StringComparer.Ordinal).ShouldBeTrue();
    }

    [Fact]
    public async Task Start_that_fails_leaves_the_seal_of_an_earlier_agent()
    {
        var shield = new FakeKernelShield { IsSealed = true };
        using var directory = new TestDirectory();
        shield.Options = SealScope.Digest(TestAgent.Options(directory) with { Seal = true });
        (await RunAsync(shield, new FakeKernelGate { CanaryIsDenied = false }, directory)).ShouldBe(ExitStatus.CannotEnforce);
        shield.IsSealed.ShouldBeTrue();
        shield.Told.Contains("clear", StringComparer.Ordinal).ShouldBeFalse();
        shield.Told.Contains("unseal", StringComparer.Ordinal).ShouldBeFalse();
    }

    [Fact]
    public async Task Agent_that_is_told_something_else_is_refused_and_the_seal_stays()
    {
        var shield = new FakeKernelShield { IsSealed = true, Options = Enumerable.Repeat((byte)1, 32).ToArray() };
        (await RunAsync(shield, new FakeKernelGate())).ShouldBe(ExitStatus.Failed);
        shield.IsSealed.ShouldBeTrue();
        shield.Told.Contains("guard /kept", StringComparer.Ordinal).ShouldBeFalse();
    }

    [Fact]
    public async Task Agent_that_is_not_told_to_seal_does_not_take_over_a_sealed_host()
    {
        using var directory = new TestDirectory();
        using var gate = new FakeKernelGate();
        var attached = false;
        var environment = TestAgent.Environment(gate) with
        {
            IsSealed = static () => true,
            OpenGate = _ =>
            {
                attached = true;
                return gate;
            },
        };

        (await AgentProcess.RunAsync(TestAgent.Options(directory), environment, NullLoggerFactory.Instance, Cancel)).ShouldBe(ExitStatus.Failed);

        attached.ShouldBeFalse();
    }

    [Fact]
    public async Task Seal_that_does_not_hold_is_none()
    {
        var shield = new FakeKernelShield { Holds = false };
        (await RunAsync(shield, new FakeKernelGate())).ShouldBe(ExitStatus.CannotEnforce);
        shield.IsSealed.ShouldBeFalse();
    }

    [Fact]
    public async Task What_cannot_be_guarded_ends_the_start_unsealed()
    {
        var shield = new FakeKernelShield { Unguardable = "/kept" };
        (await RunAsync(shield, new FakeKernelGate())).ShouldBe(ExitStatus.Failed);
        shield.IsSealed.ShouldBeFalse();
    }

    [Fact]
    public async Task Seal_that_breaks_turns_the_status_red_at_once_when_somebody_tries()
    {
        var shield = new FakeKernelShield();
        await using var agent = await StartAsync(shield);
        shield.Holds = false;
        shield.Attempt(TamperDeed.Name);
        await TellsAsync(agent, "agent.canary-failed");
        var status = await agent.Client.GetStatusAsync(Cancel);
        status.Health.ShouldBe(AgentHealth.Failing);
        status.Problems.ShouldHaveSingleItem().ShouldContain("shield: opened");
    }

    [Fact]
    public async Task Attempts_are_told_and_a_flood_is_counted()
    {
        var shield = new FakeKernelShield();
        await using var agent = await StartAsync(shield);
        shield.Attempt(TamperDeed.Setting, (uint)Environment.ProcessId);
        for (var i = 0; i < 5000; i++)
        {
            shield.Attempt(TamperDeed.Write, 9, "a\"\nb");
        }

        var text = await TellsAsync(agent, "agent.tamper-refused", "more attempts");
        text.ShouldContain("more attempts were refused");
        List<string> told = [];
        await foreach (var record in agent.Client.ReadEventsAsync(new EventQuery { Since = 0 }, Cancel))
        {
            if (record is AgentRecord { Operation: "agent.tamper-refused" } own)
            {
                told.Add(own.Detail);
            }
        }

        told.ShouldNotContain(static t => t.StartsWith("setting", StringComparison.Ordinal), "its own canaries");
        told[0].ShouldBe("write by process 9 (\"a??b\", user 0) was refused; detail 0");
        told.Count.ShouldBeLessThan(200);
    }

    private static async Task<string> TellsAsync(TestAgent agent, string operation, string part = "")
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var record in agent.Client.ReadEventsAsync(new EventQuery { Follow = true, Since = 0 }, patience.Token))
        {
            if (record is AgentRecord own && own.Operation == operation && own.Detail.Contains(part, StringComparison.Ordinal))
            {
                return own.Detail;
            }
        }

        throw new InvalidOperationException("the stream ended");
    }

    private static AgentEnvironment Change(AgentEnvironment environment, FakeKernelShield shield) => environment with
    {
        OpenShield = _ => shield,
        SealScope = static _ => SealScope.Of(["/kept"], ["/lib/x.so"]),
    };

    private static Task<TestAgent> StartAsync(FakeKernelShield shield, TestDirectory? directory = null) => TestAgent.StartAsync(
        Cancel, directory: directory, change: e => Change(e, shield), options: static o => o with { Seal = true });

    private static async Task<int> RunAsync(FakeKernelShield shield, FakeKernelGate gate, TestDirectory? directory = null)
    {
        using var own = directory is null ? new TestDirectory() : null;
        using var _ = gate;
        return await AgentProcess.RunAsync(
            TestAgent.Options(directory ?? own!) with { Seal = true }, Change(TestAgent.Environment(gate), shield), NullLoggerFactory.Instance, Cancel);
    }
}
