using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

/// <summary>Policies for a time: whatever happens, without a confirmation the policies before come back.</summary>
public sealed class TrialTests : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromSeconds(60);
    private static readonly PolicyFile s_old = TestAgent.DenyPath("old", "/old");
    private static readonly PolicyFile s_new = TestAgent.DenyPath("new", "/new");

    private readonly TestDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tried_policies_are_in_force_and_the_status_says_for_how_long()
    {
        await using var agent = await StartWithOldAsync();

        var answer = await agent.Client.TryPoliciesAsync([s_new], s_minute, cancellationToken: Cancel);

        Names(agent).ShouldBe("new old");
        answer.Applied.Generation.ShouldBe(agent.Gate.Generation);
        (answer.Trial.Policies.Single(), answer.Trial.RemainingSeconds).ShouldBe(("new", 60));
        _time.Advance(TimeSpan.FromSeconds(20));
        (await agent.Client.GetStatusAsync(Cancel)).Trial!.RemainingSeconds.ShouldBe(40);
    }

    [Fact]
    public async Task Without_a_confirmation_the_agent_goes_back_although_nobody_asks_for_it()
    {
        await using var agent = await StartWithOldAsync();
        await agent.Client.TryPoliciesAsync([s_new], s_minute, replaceAll: true, Cancel);
        Names(agent).ShouldBe("new");

        _time.Advance(TimeSpan.FromSeconds(59));
        Names(agent).ShouldBe("new");
        _time.Advance(TimeSpan.FromSeconds(1));

        await EventuallyAsync(() => Names(agent) == "old");
        var status = await agent.Client.GetStatusAsync(Cancel);
        status.Trial.ShouldBeNull();
        status.Health.ShouldBe(AgentHealth.Ok);
        (await EventsAsync(agent)).ShouldBe(
            ["agent.trial-started", "agent.policies-loaded", "agent.trial-ended"], "the last events, in their order");
        (await agent.Client.GetPoliciesAsync(Cancel)).Policies.Single().Name.ShouldBe("old");
    }

    [Fact]
    public async Task A_confirmation_keeps_them_for_good()
    {
        await using (var agent = await StartWithOldAsync())
        {
            await agent.Client.TryPoliciesAsync([s_new], s_minute, replaceAll: true, Cancel);

            (await agent.Client.ConfirmTrialAsync(Cancel)).Policies.ShouldBe(["new"]);

            _time.Advance(TimeSpan.FromHours(2));
            (await agent.Client.GetStatusAsync(Cancel)).Trial.ShouldBeNull();
            (await EventsAsync(agent))[^1].ShouldBe("agent.trial-confirmed");
            Names(agent).ShouldBe("new");
        }

        await using var restarted = await StartAsync();
        Names(restarted).ShouldBe("new");
    }

    [Fact]
    public async Task A_confirmation_that_comes_too_late_is_refused()
    {
        await using var agent = await StartWithOldAsync();
        await agent.Client.TryPoliciesAsync([s_new], s_minute, cancellationToken: Cancel);
        _time.AdvanceWithLateTimers(s_minute);

        var refused = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.ConfirmTrialAsync(Cancel));

        (refused.Problem.Status, refused.Problem.Type).ShouldBe((409, "urn:gatehouse:problem:no-trial"));
        _time.Advance(TimeSpan.Zero);
        await EventuallyAsync(() => Names(agent) == "old");
    }

    [Fact]
    public async Task The_owner_can_go_back_before_the_time_is_over()
    {
        await using var agent = await StartWithOldAsync();
        await agent.Client.TryPoliciesAsync([s_new], s_minute, cancellationToken: Cancel);

        await agent.Client.EndTrialAsync(Cancel);

        Names(agent).ShouldBe("old");
        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.EndTrialAsync(Cancel))).Problem.Status.ShouldBe(409);
    }

    [Fact]
    public async Task Until_confirmed_the_saved_state_is_the_one_before_so_that_a_crash_goes_back_too()
    {
        var state = _directory.File("state/policies.json");
        await using (var agent = await StartWithOldAsync())
        {
            await agent.Client.TryPoliciesAsync([s_new], s_minute, replaceAll: true, Cancel);
            (await File.ReadAllTextAsync(state, Cancel)).ShouldContain("name: old");
            (await File.ReadAllTextAsync(state, Cancel)).ShouldNotContain("name: new");

            // A crash: the state on the disk is all that a next agent has.
            File.Copy(state, _directory.File("crashed"));
        }

        File.Copy(_directory.File("crashed"), state, overwrite: true);
        await using var restarted = await StartAsync(new FakeKernelGate { TookOver = true, Generation = 3 });
        Names(restarted).ShouldBe("old");
        (await restarted.Client.GetStatusAsync(Cancel)).Trial.ShouldBeNull();
    }

    [Fact]
    public async Task An_agent_that_ends_goes_back_first()
    {
        var agent = await StartWithOldAsync();
        await agent.Client.TryPoliciesAsync([s_new], s_minute, replaceAll: true, Cancel);

        await agent.StopAsync();

        Names(agent).ShouldBe("old");
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task During_a_trial_every_other_change_is_refused_with_the_time_that_is_left()
    {
        await using var agent = await StartWithOldAsync();
        await agent.Client.TryPoliciesAsync([s_new], s_minute, cancellationToken: Cancel);
        var generation = agent.Gate.Generation;

        Func<Task>[] changes =
        [
            () => agent.Client.TryPoliciesAsync([s_new], s_minute, cancellationToken: Cancel),
            () => agent.Client.ApplyPoliciesAsync([s_new], cancellationToken: Cancel),
            () => agent.Client.ApplyPoliciesAsync([s_new], replaceAll: true, Cancel),
            () => agent.Client.RemovePolicyAsync("old", Cancel),
        ];

        foreach (var change in changes)
        {
            var refused = await Should.ThrowAsync<ControlProblemException>(change);
            (refused.Problem.Status, refused.Problem.Type).ShouldBe((409, "urn:gatehouse:problem:trial-runs"));
            refused.Problem.Detail!.ShouldContain("60 s left");
        }

        agent.Gate.Generation.ShouldBe(generation);
        await agent.Client.ConfirmTrialAsync(Cancel);
        await agent.Client.RemovePolicyAsync("old", Cancel);
        Names(agent).ShouldBe("new");
    }

    [Fact]
    public async Task Policies_with_errors_or_that_the_kernel_refuses_start_no_trial()
    {
        await using var agent = await StartWithOldAsync();
        var generation = agent.Gate.Generation;

        var errors = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.TryPoliciesAsync([s_new with { Text = "x" }], s_minute, cancellationToken: Cancel));
        agent.Gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "ENOMEM");
        var kernel = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.TryPoliciesAsync([s_new], s_minute, cancellationToken: Cancel));

        (errors.Problem.Status, kernel.Problem.Status).ShouldBe((422, 500));
        agent.Gate.Generation.ShouldBe(generation);
        (await agent.Client.GetStatusAsync(Cancel)).Trial.ShouldBeNull();
    }

    [Fact]
    public async Task When_going_back_fails_the_tried_policies_stay_loudly_and_it_is_tried_again()
    {
        await using var agent = await StartWithOldAsync();
        await agent.Client.TryPoliciesAsync([s_new], s_minute, replaceAll: true, Cancel);
        agent.Gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "bpf(MAP_UPDATE_ELEM): ENOMEM");

        _time.Advance(s_minute);

        await EventuallyAsync(async () => (await agent.Client.GetStatusAsync(Cancel)).Health == AgentHealth.Failing);
        var status = await agent.Client.GetStatusAsync(Cancel);
        var problem = status.Problems.ShouldHaveSingleItem();
        problem.ShouldContain("ENOMEM");
        problem.ShouldContain("open is");
        problem.ShouldContain("closed");
        status.Trial!.Problem.ShouldBe(problem);
        Names(agent).ShouldBe("new");
        (await EventsAsync(agent))[^1].ShouldBe("agent.trial-failed");

        agent.Gate.LoadFailure = null;
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            return Names(agent) == "old";
        });
        await EventuallyAsync(async () => (await agent.Client.GetStatusAsync(Cancel)).Health == AgentHealth.Ok);
    }

    [Fact]
    public async Task When_going_back_has_failed_a_set_that_replaces_all_is_another_way_out()
    {
        await using var agent = await StartWithOldAsync();
        await agent.Client.TryPoliciesAsync([s_new], s_minute, replaceAll: true, Cancel);
        agent.Gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "ENOMEM");
        _time.Advance(s_minute);
        await EventuallyAsync(async () => (await agent.Client.GetStatusAsync(Cancel)).Trial?.Problem is not null);
        agent.Gate.LoadFailure = null;

        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.RemovePolicyAsync("new", Cancel))).Problem.Status.ShouldBe(409);
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("third", "/third")], replaceAll: true, Cancel);

        var status = await agent.Client.GetStatusAsync(Cancel);
        (status.Health, status.Trial).ShouldBe((AgentHealth.Ok, null));
        _time.Advance(TimeSpan.FromMinutes(5));
        Names(agent).ShouldBe("third");
    }

    [Fact]
    public async Task Policies_that_cannot_be_saved_are_not_tried()
    {
        _directory.Write("state", "a file where the directory should be");
        await using var agent = await StartAsync(
            options: o => o with { PolicyPaths = [_directory.Write("p.yaml", s_old.Text)] });

        var refused = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.TryPoliciesAsync([s_new], s_minute, cancellationToken: Cancel));

        refused.Problem.Type.ShouldBe("urn:gatehouse:problem:not-saved");
        Names(agent).ShouldBe("old");
    }

    [Fact]
    public async Task Where_it_is_not_known_what_is_in_force_nothing_is_tried()
    {
        _directory.Write("state/policies.json", "junk");
        await using var agent = await StartAsync(new FakeKernelGate { TookOver = true, Generation = 2 });

        var refused = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.TryPoliciesAsync([s_new], s_minute, replaceAll: true, Cancel));

        refused.Problem.Type.ShouldBe("urn:gatehouse:problem:policies-unknown");
        agent.Gate.Image.ShouldBeNull();
    }

    [Theory]
    [InlineData(4, 400)]
    [InlineData(5, 200)]
    [InlineData(3600, 200)]
    [InlineData(3601, 400)]
    [InlineData(-1, 400)]
    public async Task A_trial_takes_5_seconds_to_an_hour(int seconds, int status)
    {
        await using var agent = await StartWithOldAsync();
        using var http = agent.Http();
        using var body = new StringContent(
            $$"""{"files":[{"name":"n.yaml","text":{{System.Text.Json.JsonSerializer.Serialize(s_new.Text)}}}],"seconds":{{seconds}}}""",
            System.Text.Encoding.UTF8,
            "application/json");

        using var answer = await http.PostAsync(new Uri("v1/trial", UriKind.Relative), body, Cancel);

        ((int)answer.StatusCode).ShouldBe(status);
        ((await agent.Client.GetStatusAsync(Cancel)).Trial is not null).ShouldBe(status == 200);
    }

    public void Dispose() => _directory.Dispose();

    private static string Names(TestAgent agent) => string.Join(' ', agent.Gate.Image!.Policies.Select(p => p.Name));

    private static Task EventuallyAsync(Func<bool> holds) => EventuallyAsync(() => Task.FromResult(holds()));

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; !await holds(); i++)
        {
            i.ShouldBeLessThan(1000, "it did not happen");
            await Task.Delay(10, Cancel);
        }
    }

    // Of the last agent records as many as are compared.
    private static async Task<IReadOnlyList<string>> EventsAsync(TestAgent agent)
    {
        var records = await agent.Client.ReadEventsAsync(cancellationToken: Cancel).ToListAsync(Cancel);
        return [.. records.OfType<AgentRecord>().Select(r => r.Operation).TakeLast(3)];
    }

    private async Task<TestAgent> StartWithOldAsync()
    {
        var agent = await StartAsync();
        await agent.Client.ApplyPoliciesAsync([s_old], replaceAll: true, Cancel);
        return agent;
    }

    private Task<TestAgent> StartAsync(
        FakeKernelGate? gate = null, Func<Composition.AgentOptions, Composition.AgentOptions>? options = null) =>
        TestAgent.StartAsync(Cancel, gate ?? new FakeKernelGate(), _directory, e => e with { Time = _time }, options);
}
