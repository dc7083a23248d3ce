using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Policy;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>What a client may put in force, and what becomes of it when the client goes.</summary>
public sealed class ClientPolicyTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Its_policies_are_in_force_under_its_name_beside_those_of_others()
    {
        await using var agent = await StartAsync();
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("owners", "/usr/bin/nc")], cancellationToken: Cancel);
        await using var client = await Vendor.ConnectAsync(agent, Cancel);

        var applied = await client.ApplyPoliciesAsync([Vendor.Policy()], Cancel);

        applied.Policies.Select(static p => (p.Name, p.Client)).ShouldBe([("acme-rules", "acme"), ("owners", "local")], ignoreOrder: true);
        (await client.GetClientsAsync(Cancel)).Clients.ShouldHaveSingleItem().Policies.ShouldBe(["acme-rules"]);
    }

    [Theory]
    [InlineData("client", ClientPolicyCheck.ForeignClient)]
    [InlineData("name", ClientPolicyCheck.ForeignPolicy)]
    [InlineData("altitude", ClientPolicyCheck.ForeignAltitude)]
    [InlineData("class", ClientPolicyCheck.ForeignClass)]
    [InlineData("ask", ClientPolicyCheck.MayNotAsk)]
    [InlineData("rules", ClientPolicyCheck.QuotaExceeded)]
    [InlineData("policies", ClientPolicyCheck.QuotaExceeded)]
    public async Task What_is_beyond_the_registration_is_refused_whole_and_changes_nothing(string what, string code)
    {
        await using var agent = await StartAsync(Registration.Text(classes: "process, image", more: "quotas: { rules: 3, policies: 2 }"));
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("owners", "/usr/bin/nc")], cancellationToken: Cancel);
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        var before = agent.Gate.Generation;
        PolicyFile[] files = what switch
        {
            "client" => [Vendor.Policy(client: "local")],
            "name" => [Vendor.Policy("owners")],
            "altitude" => [Vendor.Policy(altitude: 2001)],
            "class" => [Vendor.Policy(on: "process.exec, memory.map")],
            "ask" => [Vendor.Policy(on: "image.load", action: "ask")],
            "rules" => [Vendor.Policy(rules: 4)],
            _ => [Vendor.Policy("a"), Vendor.Policy("b"), Vendor.Policy("c")],
        };

        var refused = await Should.ThrowAsync<ControlProblemException>(() => client.ApplyPoliciesAsync(files, Cancel));

        refused.Problem.Type.ShouldBe("urn:gatehouse:problem:policy-refused");
        refused.Problem.Diagnostics!.Where(static d => d.Severity == "error").Select(static d => d.Code).Distinct(StringComparer.Ordinal).ShouldBe([code]);
        agent.Gate.Generation.ShouldBe(before);
    }

    [Theory]
    [InlineData("mayProtect: false", null, true)]
    [InlineData("mayProtect: true", "/usr/sbin/sshd", true)]
    [InlineData("mayProtect: true", null, false)]
    public async Task Client_protects_its_own_processes_if_it_may(string registered, string? program, bool isRefused)
    {
        await using var agent = await StartAsync(Registration.Text(classes: "image", more: registered));
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        var policy = new PolicyFile(
            "own.yaml",
            "apiVersion: gatehouse/v1\nmetadata: {name: own, client: acme, altitude: 1500}\nprotect:\n"
                + $"  - {{name: agent, processes: [\"{program ?? Environment.ProcessPath}\"]}}\n");

        if (!isRefused)
        {
            (await client.ApplyPoliciesAsync([policy], Cancel)).Policies.ShouldContain(static p => p.Name == "own");
            return;
        }

        var refused = await Should.ThrowAsync<ControlProblemException>(() => client.ApplyPoliciesAsync([policy], Cancel));
        var finding = refused.Problem.Diagnostics.ShouldNotBeNull().Single(static d => d.Severity == "error");
        (finding.Code, finding.Line).ShouldBe((ClientPolicyCheck.MayNotProtect, 4));
    }

    [Fact]
    public async Task Quotas_are_for_all_its_policies_together_and_not_for_those_of_others()
    {
        await using var agent = await StartAsync(Registration.Text(more: "quotas: { rules: 3, policies: 2 }"));
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("owners", "/usr/bin/nc")], cancellationToken: Cancel);
        await using var client = await Vendor.ConnectAsync(agent, Cancel);

        await client.ApplyPoliciesAsync([Vendor.Policy("a", rules: 2)], Cancel);
        await Should.ThrowAsync<ControlProblemException>(() => client.ApplyPoliciesAsync([Vendor.Policy("b", rules: 2)], Cancel));

        // Replacing one makes room.
        await client.ApplyPoliciesAsync([Vendor.Policy("a", rules: 1), Vendor.Policy("b", rules: 2)], Cancel);
    }

    [Fact]
    public async Task It_removes_its_own_policies_only()
    {
        await using var agent = await StartAsync();
        await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("owners", "/usr/bin/nc")], cancellationToken: Cancel);
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        await client.ApplyPoliciesAsync([Vendor.Policy("a"), Vendor.Policy("b")], Cancel);

        (await Should.ThrowAsync<ControlProblemException>(() => client.RemovePoliciesAsync("owners", Cancel))).Problem.Type.ShouldEndWith(":no-such-policy");
        (await client.RemovePoliciesAsync("a", Cancel)).Policies.Select(static p => p.Name).ShouldBe(["b", "owners"], ignoreOrder: true);
        (await client.RemovePoliciesAsync(cancellationToken: Cancel)).Policies.Select(static p => p.Name).ShouldBe(["owners"]);
    }

    [Theory]
    [InlineData(PoliciesAtEnd.Keep, false, true)]
    [InlineData(PoliciesAtEnd.Remove, false, false)]
    [InlineData(PoliciesAtEnd.Keep, true, true)]
    [InlineData(PoliciesAtEnd.Remove, true, false)]
    public async Task Its_policies_stay_or_go_as_it_chose_whether_it_leaves_or_dies(PoliciesAtEnd chosen, bool dies, bool stay)
    {
        await using var agent = await StartAsync();
        var client = await Vendor.ConnectAsync(agent, Cancel, change: o => o with { PoliciesAtEnd = chosen });
        await client.ApplyPoliciesAsync([Vendor.Policy()], Cancel);

        if (dies)
        {
            await client.DisposeAsync();
        }
        else
        {
            await client.LeaveAsync(cancellationToken: Cancel);
        }

        // The next session of the name begins after what the end of this one had to bring about.
        await using var next = await SessionTests.UntilLetInAsync(() => Vendor.ConnectAsync(agent, Cancel));
        (await agent.Client.GetPoliciesAsync(Cancel)).Policies.Any(static p => p.Name == "acme-rules").ShouldBe(stay);
    }

    [Fact]
    public async Task On_leaving_it_may_choose_otherwise()
    {
        await using var agent = await StartAsync();
        var client = await Vendor.ConnectAsync(agent, Cancel);
        await client.ApplyPoliciesAsync([Vendor.Policy()], Cancel);

        await client.LeaveAsync(PoliciesAtEnd.Remove, Cancel);

        await using var next = await SessionTests.UntilLetInAsync(() => Vendor.ConnectAsync(agent, Cancel));
        (await agent.Client.GetPoliciesAsync(Cancel)).Policies.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_end_of_the_agent_is_nobodys_leaving()
    {
        Registration.Add(_directory, Registration.Text());
        var first = await TestAgent.StartAsync(Cancel, directory: _directory);
        await using var client = await Vendor.ConnectAsync(first, Cancel, change: static o => o with { PoliciesAtEnd = PoliciesAtEnd.Remove });
        await client.ApplyPoliciesAsync([Vendor.Policy()], Cancel);

        await first.DisposeAsync();
        await using var second = await TestAgent.StartAsync(Cancel, directory: _directory);

        (await client.GetClientsAsync(Cancel)).Clients.ShouldHaveSingleItem().Policies.ShouldBe(["acme-rules"]);
    }

    [Fact]
    public void Every_operation_of_the_language_is_of_one_class()
    {
        var all = Enum.GetValues<RuleOperations>().Aggregate(default(RuleOperations), static (a, b) => a | b);
        var covered = ClientPolicyCheck.Operations.Aggregate(default(RuleOperations), static (a, b) => a | b.Operations);

        covered.ShouldBe(all);
    }

    private Task<TestAgent> StartAsync(string? registration = null)
    {
        Registration.Add(_directory, registration ?? Registration.Text(more: "quotas: { policies: 8 }"));
        return TestAgent.StartAsync(Cancel, directory: _directory);
    }
}
