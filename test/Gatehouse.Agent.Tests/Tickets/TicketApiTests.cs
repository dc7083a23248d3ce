using System.Text;
using System.Text.Json;
using Gatehouse.Agent.Control;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;
using Gatehouse.Trust;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Tickets;

/// <summary>Tickets by the control API, with the agent as it is put together.</summary>
public sealed class TicketApiTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly Owner _owner = new();
    private readonly ManualTimeProvider _time = new();
    private readonly TicketDesk.RecordingActions _actions = new();

    public TicketApiTests() => _directory.Write("owner.pub", _owner.PublicPem);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ticket_is_used_listed_told_and_over_after_its_time()
    {
        await using var agent = await StartAsync();
        var ticket = _owner.Ticket(TicketAction.Unseal, TicketAction.Policy);

        var used = await agent.Client.UseTicketAsync(_owner.Sign(ticket), Cancel);

        (used.Id, used.RemainingSeconds, used.ActiveUntil, used.Host).ShouldBe((ticket.Id.ToString(), 3600, ticket.NotAfter, Owner.Host));
        used.Actions.ShouldBe(["unseal", "policy"]);
        used.UsedByPid.ShouldBe(Environment.ProcessId, "by what the kernel says of the peer");
        _actions.Calls.ShouldBe("+unseal +policy");
        var list = await agent.Client.GetTicketsAsync(Cancel);
        (list.Host, list.OwnerKey, list.Problem, list.Tickets.Single().Id).ShouldBe((Owner.Host, _owner.Fingerprint.ToString(), null, used.Id));

        for (var i = 0; i < 360; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        _actions.Calls.ShouldBe("+unseal +policy -unseal -policy");
        (await agent.Client.GetTicketsAsync(Cancel)).Tickets.Single().ActiveUntil.ShouldBeNull();
        (await EventsAsync(agent)).ShouldBe(["agent.ticket-used", "agent.ticket-ended"]);
    }

    [Fact]
    public async Task A_refused_ticket_is_a_problem_with_a_code_of_its_own_and_an_event()
    {
        await using var agent = await StartAsync();
        var text = _owner.Signed();
        await agent.Client.UseTicketAsync(text, Cancel);

        var refused = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.UseTicketAsync(text, Cancel));

        (refused.Problem.Status, refused.Problem.Type, refused.Problem.Title).ShouldBe((409, "urn:gatehouse:problem:ticket-already-used", "Already used"));
        refused.Problem.Detail!.ShouldContain("was used at 2026-11-21T12:00:00Z by user ");
        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.UseTicketAsync(" " + _owner.Signed(), Cancel)))
            .Problem.Type.ShouldBe("urn:gatehouse:problem:ticket-malformed");
        (await EventsAsync(agent)).ShouldBe(["agent.ticket-used", "agent.ticket-refused", "agent.ticket-refused"]);
    }

    [Fact]
    public void Each_reason_has_a_code_of_its_own()
    {
        var problems = Enum.GetValues<TicketRefusal>().Select(TicketEndpoints.Problem).ToList();

        problems.Select(static p => p.Kind).Distinct(StringComparer.Ordinal).Count().ShouldBe(problems.Count);
        problems.ShouldAllBe(p => p.Status >= 400 && p.Kind.StartsWith("ticket-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_owners_key_the_list_says_that_no_ticket_is_accepted()
    {
        File.Delete(_directory.File("owner.pub"));
        await using var agent = await StartAsync();

        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.UseTicketAsync(_owner.Signed(), Cancel)))
            .Problem.Type.ShouldBe("urn:gatehouse:problem:ticket-no-owner-key");
        var list = await agent.Client.GetTicketsAsync(Cancel);
        (list.OwnerKey, list.Tickets.Count).ShouldBe((null, 0));
        list.Problem!.ShouldContain("there is no owner's key at ");
        (await agent.Client.GetStatusAsync(Cancel)).Health.ShouldBe(AgentHealth.Ok, "who has no key has asked for no tickets");
    }

    [Fact]
    public async Task A_damaged_ledger_degrades_the_status()
    {
        _directory.Write("state/tickets.json", "junk");
        await using var agent = await StartAsync();

        (await Should.ThrowAsync<ControlProblemException>(() => agent.Client.UseTicketAsync(_owner.Signed(), Cancel))).Problem.Status.ShouldBe(500);

        var status = await agent.Client.GetStatusAsync(Cancel);
        status.Health.ShouldBe(AgentHealth.Degraded);
        status.Problems.Single().ShouldContain("no ticket is accepted: ");
    }

    [Fact]
    public async Task Of_many_clients_with_one_ticket_one_is_answered()
    {
        await using var agent = await StartAsync();
        var text = _owner.Signed();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            try
            {
                await agent.Client.UseTicketAsync(text, Cancel);
                return "used";
            }
            catch (ControlProblemException e)
            {
                return e.Problem.Type;
            }
        }));

        outcomes.Order(StringComparer.Ordinal).ShouldBe([.. Enumerable.Repeat("urn:gatehouse:problem:ticket-already-used", 15), "used"]);
        _actions.Calls.ShouldBe("+unseal");
    }

    [Theory]
    [InlineData("application/json", "{}", 400)]
    [InlineData("application/json", "null", 400)]
    [InlineData("application/json", """{"ticket":null}""", 400)]
    [InlineData("application/json", """{"ticket":5}""", 400)]
    [InlineData("application/json", """{"ticket":"x","force":true}""", 400)]
    [InlineData("application/json", """{"ticket":""}""", 422)]
    [InlineData("application/json", """{"ticket":"\ud800"}""", 400)]
    [InlineData("text/plain", "x", 415)]
    public async Task A_request_that_is_none_is_refused(string mediaType, string body, int status)
    {
        await using var agent = await StartAsync();
        using var http = agent.Http();
        using var content = new StringContent(body, Encoding.UTF8, mediaType);

        using var answer = await http.PostAsync(new Uri("v1/tickets", UriKind.Relative), content, Cancel);

        ((int)answer.StatusCode).ShouldBe(status);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("type").GetString()!.ShouldStartWith("urn:gatehouse:problem:");
    }

    [Fact]
    public async Task An_agent_that_takes_over_in_the_same_boot_goes_on()
    {
        await using (var agent = await StartAsync())
        {
            await agent.Client.UseTicketAsync(_owner.Signed(TicketAction.Upgrade), Cancel);
        }

        _actions.Calls.ShouldBe("+upgrade", "an agent that ends undoes nothing");
        await using var next = await StartAsync();

        _actions.Calls.ShouldBe("+upgrade +upgrade");
        (await next.Client.GetTicketsAsync(Cancel)).Tickets.Single().RemainingSeconds.ShouldBe(3600);
    }

    public void Dispose()
    {
        _owner.Dispose();
        _directory.Dispose();
    }

    private static async Task<IReadOnlyList<string>> EventsAsync(TestAgent agent)
    {
        var records = await agent.Client.ReadEventsAsync(cancellationToken: Cancel).ToListAsync(Cancel);
        return [.. records.OfType<AgentRecord>().Select(r => r.Operation).Where(o => o.StartsWith("agent.ticket-", StringComparison.Ordinal))];
    }

    private Task<TestAgent> StartAsync() => TestAgent.StartAsync(Cancel, new FakeKernelGate(), _directory, e => e with
    {
        Time = _time,
        Clock = time => new Events.BootClock(time, () => _time.GetUtcNow() - Owner.Noon + TimeSpan.FromSeconds(1000)),
        MachineId = Owner.Host,
        TicketActions = _actions,
    });
}
