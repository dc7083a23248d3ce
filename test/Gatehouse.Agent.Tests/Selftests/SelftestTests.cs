using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Selftests;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Selftests;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Selftests;

/// <summary>What the agent makes for a self-test it takes back, whoever forgets to ask for it.</summary>
public sealed class SelftestTests : IDisposable
{
    private static readonly PolicyFile s_owners = TestAgent.DenyPath("owners", "/x");

    private readonly TestDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_and_policy_are_there_until_it_is_ended()
    {
        await using var agent = await StartAsync();
        await agent.Client.ApplyPoliciesAsync([s_owners], cancellationToken: Cancel);

        var stage = await agent.Client.BeginSelftestAsync(Cancel);

        (stage.Sealed, stage.RemainingSeconds, stage.Generation).ShouldBe((false, 300, agent.Gate.Generation));
        Directory.GetParent(stage.Folder)!.FullName.ShouldBe(_directory.File("state"));
        Directory.EnumerateFileSystemEntries(stage.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
        [
            "actor", "free-program", "free-program-link", "free-program-symbolic-link", "free-writer", "kept", "neighbour", "program", "program-link",
            "program-symbolic-link", "victim", "writer",
        ]);
        File.GetUnixFileMode(stage.Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(stage.Folder, SelftestFiles.Kept)).ShouldBe(File.GetUnixFileMode(stage.Folder));
        File.ReadAllBytes(Path.Combine(stage.Folder, SelftestFiles.Program)).ShouldNotBe(File.ReadAllBytes(Path.Combine(stage.Folder, "free-program")));
        Names(agent).ShouldBe("gatehouse-selftest owners");

        (await agent.Client.EndSelftestAsync(stage.Token, Cancel)).Generation.ShouldBe(agent.Gate.Generation);

        Directory.Exists(stage.Folder).ShouldBeFalse();
        Names(agent).ShouldBe("owners");
        (await EventsAsync(agent)).TakeLast(4).ShouldBe(
            ["agent.policies-loaded", "agent.selftest-started", "agent.policies-loaded", "agent.selftest-ended"]);
    }

    [Fact]
    public async Task When_the_time_is_over_the_agent_takes_it_back_although_nobody_asks_for_it()
    {
        await using var agent = await StartAsync();
        var stage = await agent.Client.BeginSelftestAsync(Cancel);

        _time.Advance(SelftestKeeper.Longest);

        await EventuallyAsync(() => !Directory.Exists(stage.Folder));
        Names(agent).ShouldBe("");
        (await ProblemAsync(agent.Client.EndSelftestAsync(stage.Token, Cancel))).ShouldBe((409, "no-selftest"));
    }

    [Fact]
    public async Task Only_one_runs_and_only_who_began_it_ends_it()
    {
        await using var agent = await StartAsync();
        var stage = await agent.Client.BeginSelftestAsync(Cancel);

        (await ProblemAsync(agent.Client.BeginSelftestAsync(Cancel))).ShouldBe((409, "selftest-runs"));
        (await ProblemAsync(agent.Client.EndSelftestAsync("another", Cancel))).ShouldBe((403, "wrong-token"));

        Directory.Exists(stage.Folder).ShouldBeTrue();
        await agent.Client.EndSelftestAsync(stage.Token, Cancel);
        await agent.Client.EndSelftestAsync((await agent.Client.BeginSelftestAsync(Cancel)).Token, Cancel);
    }

    [Theory]
    [InlineData("v1/selftest")]
    [InlineData("v1/selftest?token=")]
    [InlineData("v1/selftest?token=a&token=b")]
    [InlineData("v1/selftest?token=a&other=b")]
    public async Task Without_one_token_it_is_a_bad_query(string path)
    {
        await using var agent = await StartAsync();
        using var http = agent.Http();
        using var answer = await http.DeleteAsync(new Uri(path, UriKind.Relative), Cancel);
        ((int)answer.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_policy_that_the_kernel_refuses_leaves_nothing()
    {
        await using var agent = await StartAsync();
        agent.Gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "no room");

        (await ProblemAsync(agent.Client.BeginSelftestAsync(Cancel))).ShouldBe((500, "selftest-failed"));

        Directory.GetDirectories(_directory.File("state"), "selftest-*").ShouldBeEmpty();
        agent.Gate.LoadFailure = null;
        await agent.Client.ApplyPoliciesAsync([s_owners], cancellationToken: Cancel);
        Names(agent).ShouldBe("owners");
    }

    /// <summary>Rules follow inodes: while they are in force no other file may get the place of theirs.</summary>
    [Fact]
    public async Task Files_stay_while_their_rules_cannot_be_taken_out_of_force()
    {
        await using var agent = await StartAsync();
        var stage = await agent.Client.BeginSelftestAsync(Cancel);
        agent.Gate.LoadFailure = new KernelGateException(GateFailure.OperationFailed, "no room");

        (await ProblemAsync(agent.Client.EndSelftestAsync(stage.Token, Cancel))).ShouldBe((500, "selftest-failed"));
        Directory.Exists(stage.Folder).ShouldBeTrue();

        agent.Gate.LoadFailure = null;
        _time.Advance(TimeSpan.FromSeconds(10));
        await EventuallyAsync(() => !Directory.Exists(stage.Folder));
        Names(agent).ShouldBe("");
    }

    [Fact]
    public async Task Policies_that_are_tried_meanwhile_go_and_it_stays_and_the_other_way_round()
    {
        await using var agent = await StartAsync();
        await agent.Client.TryPoliciesAsync([s_owners], TimeSpan.FromSeconds(60), cancellationToken: Cancel);
        var stage = await agent.Client.BeginSelftestAsync(Cancel);
        Names(agent).ShouldBe("gatehouse-selftest owners");

        await agent.Client.EndTrialAsync(Cancel);
        Names(agent).ShouldBe("gatehouse-selftest");

        await agent.Client.TryPoliciesAsync([s_owners], TimeSpan.FromSeconds(60), cancellationToken: Cancel);
        await agent.Client.EndSelftestAsync(stage.Token, Cancel);
        Names(agent).ShouldBe("owners");
        await agent.Client.EndTrialAsync(Cancel);
        Names(agent).ShouldBe("");
    }

    [Fact]
    public async Task Neither_a_client_nor_a_restart_keeps_its_policy()
    {
        await using (var agent = await StartAsync())
        {
            var stage = await agent.Client.BeginSelftestAsync(Cancel);
            await Should.ThrowAsync<ControlProblemException>(() => agent.Client.RemovePolicyAsync(SelftestPolicy.PolicyName, Cancel));
            await agent.Client.ApplyPoliciesAsync([s_owners], replaceAll: true, Cancel);
            Names(agent).ShouldBe("gatehouse-selftest owners");
            await agent.StopAsync();
            Directory.Exists(stage.Folder).ShouldBeFalse("an agent that ends takes it back");
        }

        _directory.Write("state/selftest-0123456789abcdef/kept/file", "left by an agent that crashed");
        _directory.Write("run/selftest-0123456789abcdef/actor", "as well");
        await using var next = await StartAsync();
        Names(next).ShouldBe("owners");
        Directory.Exists(_directory.File("state/selftest-0123456789abcdef")).ShouldBeFalse();
        Directory.Exists(_directory.File("run/selftest-0123456789abcdef")).ShouldBeFalse();
    }

    [Fact]
    public async Task Policies_that_are_not_known_are_not_touched()
    {
        _directory.Write("state/policies.json", "junk");
        _directory.Write("state/selftest-0123456789abcdef/actor", "its rules may be in force");
        await using var agent = await TestAgent.StartAsync(Cancel, new FakeKernelGate { TookOver = true, Generation = 4 }, _directory);

        (await ProblemAsync(agent.Client.BeginSelftestAsync(Cancel))).ShouldBe((500, "selftest-failed"));

        agent.Gate.Generation.ShouldBe(4ul);
        Directory.Exists(_directory.File("state/selftest-0123456789abcdef")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_sealed_agent_has_it_beside_its_own_policy()
    {
        var shield = new FakeKernelShield();
        await using var agent = await TestAgent.StartAsync(
            Cancel,
            new FakeKernelGate(),
            _directory,
            e => e with { OpenShield = _ => shield, SealScope = static _ => SealScope.Of(["/kept"], []) },
            o => o with { Seal = true });

        var stage = await agent.Client.BeginSelftestAsync(Cancel);

        stage.Sealed.ShouldBeTrue();
        Names(agent).ShouldBe("gatehouse-self gatehouse-selftest", "a client's policies could not be changed");
        await agent.Client.EndSelftestAsync(stage.Token, Cancel);
        Names(agent).ShouldBe("gatehouse-self");
    }

    /// <summary>So that nothing else on the host is decided by it, whatever is unknown.</summary>
    [Fact]
    public void Every_rule_names_a_sacrificial_file()
    {
        var text = SelftestPolicy.Of("/var/lib/gatehouse/selftest-\"odd\\name", new string('a', 64)).Text;
        var (set, diagnostics) = Enforcement.PolicySet.Compile([new PolicyFile("p.yaml", text)]);
        set.ShouldNotBeNull(string.Join('\n', diagnostics.Select(static d => d.Message)));
        var conditions = text.Split('\n').Where(static l => l.Contains("when:", StringComparison.Ordinal)).ToList();
        conditions.Count.ShouldBe(set.Image.Rules.Count);
        conditions.ShouldAllBe(static c => c.Contains(" in victims", StringComparison.Ordinal) || c.Contains(" in programs", StringComparison.Ordinal)
            || c.Contains("process.file in actors && ", StringComparison.Ordinal) || c.Contains("process.file in writers", StringComparison.Ordinal));
        conditions.ShouldAllBe(static c => !c.Contains("||", StringComparison.Ordinal) || c.Contains("process.file in writers && (", StringComparison.Ordinal));
    }

    public void Dispose() => _directory.Dispose();

    private Task<TestAgent> StartAsync() => TestAgent.StartAsync(Cancel, new FakeKernelGate(), _directory, e => e with { Time = _time });

    private static string Names(TestAgent agent) => string.Join(' ', agent.Gate.Image!.Policies.Select(static p => p.Name));

    private static async Task<(int Status, string Kind)> ProblemAsync(Task request)
    {
        var refused = await Should.ThrowAsync<ControlProblemException>(request);
        refused.Problem.Detail.ShouldNotBeNullOrEmpty();
        return (refused.Problem.Status, refused.Problem.Type["urn:gatehouse:problem:".Length..]);
    }

    private static async Task<IReadOnlyList<string>> EventsAsync(TestAgent agent)
    {
        var operations = new List<string>();
        await foreach (var record in agent.Client.ReadEventsAsync(cancellationToken: Cancel))
        {
            if (record is AgentRecord own)
            {
                operations.Add(own.Operation);
            }
        }

        return operations;
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        for (var i = 0; !holds(); i++)
        {
            i.ShouldBeLessThan(500);
            await Task.Delay(10, Cancel);
        }
    }
}
