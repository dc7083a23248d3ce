using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class PolicyChangeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Applied_policies_are_loaded_and_listed_and_removed()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var before = agent.Gate.Generation;

        var applied = await agent.Client.ApplyPoliciesAsync(
            [TestAgent.DenyPath("one", "/bin/does-not-exist"), TestAgent.DenyPath("two", "/etc/hostname")], cancellationToken: Cancel);

        applied.Generation.ShouldBe(before + 1);
        agent.Gate.Image!.Policies.Select(p => p.Name).ShouldBe(["one", "two"], ignoreOrder: true);
        applied.Bindings.Single(b => b.Path == "/bin/does-not-exist").Bound.ShouldBeFalse();
        applied.Bindings.Single(b => b.Path == "/bin/does-not-exist").Problem.ShouldBe("ENOENT at open");
        var list = await agent.Client.GetPoliciesAsync(Cancel);
        list.Generation.ShouldBe(before + 1);
        list.Policies.Select(p => (p.Name, p.Client, p.Rules, p.FileName)).ShouldBe(
            [("one", "local", 1, "one.yaml"), ("two", "local", 1, "two.yaml")], ignoreOrder: true);

        var removed = await agent.Client.RemovePolicyAsync("one", Cancel);

        removed.Generation.ShouldBe(before + 2);
        agent.Gate.Image.Policies.Select(p => p.Name).ShouldBe(["two"]);
    }

    [Fact]
    public async Task A_policy_of_the_same_name_is_replaced_whatever_its_file_is_called()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("one", "/a"), TestAgent.DenyPath("two", "/b")], cancellationToken: Cancel);

        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("one", "/c") with { Name = "other.yaml" }], cancellationToken: Cancel);

        agent.Gate.Image!.BoundPaths.Select(p => p.Path).ShouldBe(["/b", "/c"]);
        (await agent.Client.GetPoliciesAsync(Cancel)).Policies.Single(p => p.Name == "one").FileName.ShouldBe("other.yaml");
    }

    [Fact]
    public async Task Replace_all_removes_what_is_not_sent()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("one", "/a")], cancellationToken: Cancel);

        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("two", "/b")], replaceAll: true, Cancel);

        agent.Gate.Image!.Policies.Select(p => p.Name).ShouldBe(["two"]);
        await agent.Client.ApplyPoliciesAsync([], replaceAll: true, Cancel);
        agent.Gate.Image.Policies.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bad_policy_leaves_the_running_one_untouched()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("one", "/a")], cancellationToken: Cancel);
        var generation = agent.Gate.Generation;

        var refused = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ApplyPoliciesAsync(
            [TestAgent.DenyPath("good", "/b"), new PolicyFile("bad.yaml", TestAgent.DenyPath("bad", "not-absolute").Text)],
            cancellationToken: Cancel));

        refused.Problem.Status.ShouldBe(422);
        var diagnostic = refused.Problem.Diagnostics!.First(d => d.Severity == "error");
        diagnostic.File.ShouldBe("bad.yaml");
        diagnostic.Line.ShouldBe(7);
        diagnostic.Code.ShouldStartWith("GH2");
        agent.Gate.Generation.ShouldBe(generation);
        (await agent.Client.GetPoliciesAsync(Cancel)).Policies.Select(p => p.Name).ShouldBe(["one"]);
    }

    [Fact]
    public async Task A_kernel_that_refuses_leaves_the_running_policy_untouched()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("one", "/a")], cancellationToken: Cancel);
        agent.Gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "bpf(MAP_UPDATE_ELEM): ENOMEM");

        var refused = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("two", "/b")], cancellationToken: Cancel));

        refused.Problem.Status.ShouldBe(500);
        refused.Problem.Detail!.ShouldContain("ENOMEM");
        (await agent.Client.GetPoliciesAsync(Cancel)).Policies.Select(p => p.Name).ShouldBe(["one"]);
    }

    [Fact]
    public async Task The_text_of_a_policy_comes_back_as_it_was_sent()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var file = TestAgent.DenyPath("one", "/a") with { Text = "# Käse\n" + TestAgent.DenyPath("one", "/a").Text };
        await agent.Client.ApplyPoliciesAsync([file], cancellationToken: Cancel);

        (await agent.Client.GetPolicyAsync("one", Cancel)).Text.ShouldBe(file.Text);
    }

    [Fact]
    public async Task Changes_made_at_the_same_time_are_all_in_force_in_the_end()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath($"policy-{i}", $"/p{i}")], cancellationToken: Cancel)));

        agent.Gate.Image!.Policies.Select(p => p.Name).ShouldBe(Enumerable.Range(0, 8).Select(i => $"policy-{i}"), ignoreOrder: true);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_degrades_and_does_not_stop_the_change()
    {
        using var directory = new TestDirectory();
        directory.Write("state", "a file where the directory should be");
        await using var agent = await TestAgent.StartAsync(
            Cancel, new FakeKernelGate(), directory, options: o => o with { PolicyPaths = [directory.Write("p.yaml", TestAgent.DenyPath("one", "/a").Text)] });

        var status = await agent.Client.GetStatusAsync(Cancel);

        status.Health.ShouldBe(AgentHealth.Degraded);
        status.Problems.Single().ShouldContain("not saved");
        status.Policies.Single().Name.ShouldBe("one");
    }
}
