using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class RestartTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string StateFile => _directory.File("state/policies.json");

    [Fact]
    public async Task A_restarted_agent_goes_on_with_the_policies_that_were_in_force()
    {
        await ApplyAndStopAsync();
        var gate = new FakeKernelGate { TookOver = true, Generation = 2 };

        await using var agent = await TestAgent.StartAsync(Cancel, gate, _directory);

        gate.Image!.Policies.Select(p => p.Name).ShouldBe(["one"]);
        var status = await agent.Client.GetStatusAsync(Cancel);
        (status.Health, status.Enforcement.TookOver, status.Enforcement.Generation).ShouldBe((AgentHealth.Ok, true, 3ul));
    }

    [Fact]
    public async Task Policies_of_the_command_line_replace_the_saved_ones_for_good()
    {
        await ApplyAndStopAsync();
        var file = _directory.Write("two.yaml", TestAgent.DenyPath("two", "/b").Text);
        await using (var agent = await TestAgent.StartAsync(Cancel, new FakeKernelGate(), _directory, options: o => o with { PolicyPaths = [file] }))
        {
            agent.Gate.Image!.Policies.Select(p => p.Name).ShouldBe(["two"]);
        }

        await using var restarted = await TestAgent.StartAsync(Cancel, new FakeKernelGate(), _directory);
        restarted.Gate.Image!.Policies.Select(p => p.Name).ShouldBe(["two"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"format":1,"checksum":"00","files":[{"name":"one.yaml","text":"x"}]}""")]
    [InlineData("""{"format":99,"checksum":"","files":[]}""")]
    [InlineData("""{"format":1,"checksum":"","files":[null]}""")]
    public async Task Damaged_saved_policies_leave_the_running_generation_alone_and_say_so(string damage)
    {
        await ApplyAndStopAsync();
        await File.WriteAllTextAsync(StateFile, damage, Cancel);
        var gate = new FakeKernelGate { TookOver = true, Generation = 2 };

        await using var agent = await TestAgent.StartAsync(Cancel, gate, _directory);

        gate.Image.ShouldBeNull();
        var status = await agent.Client.GetStatusAsync(Cancel);
        status.Health.ShouldBe(AgentHealth.Degraded);
        status.Problems.ShouldHaveSingleItem().ShouldContain("generation 2");
        (await File.ReadAllTextAsync(StateFile, Cancel)).ShouldBe(damage);
    }

    [Fact]
    public async Task While_the_policies_in_force_are_not_known_only_all_of_them_can_be_replaced()
    {
        await ApplyAndStopAsync();
        await File.WriteAllTextAsync(StateFile, "junk", Cancel);
        await using var agent = await TestAgent.StartAsync(Cancel, new FakeKernelGate { TookOver = true, Generation = 2 }, _directory);

        var refused = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("two", "/b")], cancellationToken: Cancel));
        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.RemovePolicyAsync("one", Cancel))).Problem.Status.ShouldBe(409);
        refused.Problem.Status.ShouldBe(409);
        agent.Gate.Generation.ShouldBe(2ul);

        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("two", "/b")], replaceAll: true, Cancel);

        (await agent.Client.GetStatusAsync(Cancel)).Health.ShouldBe(AgentHealth.Ok);
        agent.Gate.Image!.Policies.Select(p => p.Name).ShouldBe(["two"]);
    }

    [Fact]
    public async Task Saved_policies_that_have_gone_do_not_end_what_the_kernel_enforces()
    {
        var gate = new FakeKernelGate { TookOver = true, Generation = 5 };

        await using var agent = await TestAgent.StartAsync(Cancel, gate, _directory);

        gate.Image.ShouldBeNull();
        (await agent.Client.GetStatusAsync(Cancel)).Health.ShouldBe(AgentHealth.Degraded);
    }

    [Fact]
    public async Task Damaged_saved_policies_with_nothing_in_force_are_red()
    {
        _directory.Write("state/policies.json", "junk");

        await using var agent = await TestAgent.StartAsync(Cancel, new FakeKernelGate(), _directory);

        (await agent.Client.GetStatusAsync(Cancel)).Health.ShouldBe(AgentHealth.Failing);
    }

    [Fact]
    public void A_state_that_is_not_committed_leaves_the_one_before()
    {
        var state = new PolicyStateFile(_directory.File("state"));
        using (var first = state.Prepare([TestAgent.DenyPath("one", "/a")]))
        {
            first.Commit();
        }

        using (state.Prepare([TestAgent.DenyPath("two", "/b")]))
        {
        }

        state.Read()!.Single().Name.ShouldBe("one.yaml");
        Directory.GetFiles(_directory.File("state"), "*.new").ShouldBeEmpty();
        File.GetUnixFileMode(state.FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => _directory.Dispose();

    private async Task ApplyAndStopAsync()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, new FakeKernelGate(), _directory);
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("one", "/a")], cancellationToken: Cancel);
        (await agent.StopAsync()).ShouldBe(0);
        agent.Gate.IsDisposed.ShouldBeTrue();
        agent.Gate.EnforcementEnded.ShouldBeFalse();
    }
}
