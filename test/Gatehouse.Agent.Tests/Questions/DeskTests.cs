using Gatehouse.Agent.Questions;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Questions;

/// <summary>What clients are promised, and what becomes of those that do not keep up. Time stands still until it is moved.</summary>
public sealed class DeskTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ClientSlots _slots = new();
    private readonly ClientDesk _desk;
    private readonly List<string> _putOut = [];
    private readonly FakeOpen _open = new([1], OpenReason.Open, 1, "/x");

    public DeskTests()
    {
        _desk = new ClientDesk(_slots, new QuestionLimits(), _time) { PutOut = _putOut.Add };
        _slots.Give(["acme"]);
        _desk.Name(["acme"]);
    }

    [Theory]
    [InlineData(2000, 2200)]
    [InlineData(100, 150)]
    [InlineData(60_000, 66_000)]
    public async Task The_agent_waits_a_tenth_longer_than_it_says_and_at_least_50_ms(int deadline, int waits)
    {
        var client = Connect(deadline);
        var asking = _desk.AskAsync(client, new AskedFile(_open, _time));

        _time.Advance(TimeSpan.FromMilliseconds(waits - 1));
        asking.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await asking).ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_that_comes_after_its_time_does_not_count_although_the_timer_is_late()
    {
        var client = Connect();
        var asking = _desk.AskAsync(client, new AskedFile(_open, _time));
        var question = Last(client);
        _time.AdvanceWithLateTimers(TimeSpan.FromMilliseconds(2201));

        _desk.Take(question.Id, question.Token, Answer.Allow).Outcome.ShouldBe(AnswerOutcome.Late);
        (await asking).ShouldBeNull();
        _desk.Take(question.Id, question.Token, Answer.Allow).Outcome.ShouldBe(AnswerOutcome.Late);
    }

    [Fact]
    public async Task A_question_is_answered_once_and_with_its_own_token()
    {
        var client = Connect();
        var asking = _desk.AskAsync(client, new AskedFile(_open, _time));
        var question = Last(client);

        _desk.Take(question.Id, new string('0', 32), Answer.Allow).Outcome.ShouldBe(AnswerOutcome.WrongToken);
        _desk.Take(question.Id + 1, question.Token, Answer.Allow).Outcome.ShouldBe(AnswerOutcome.Unknown);
        _desk.Take(question.Id, question.Token, Answer.Deny).Outcome.ShouldBe(AnswerOutcome.InTime);
        _desk.Take(question.Id, question.Token, Answer.Allow).Outcome.ShouldBe(AnswerOutcome.AlreadyAnswered);
        (await asking).ShouldBe(Answer.Deny);
    }

    [Fact]
    public async Task The_reason_of_an_answer_is_passed_on_once()
    {
        var said = new List<string>();
        _desk.Reasoned = (name, answer, path, reason) => said.Add($"{name} {answer} {path} {reason}");
        var client = Connect();
        var asking = _desk.AskAsync(client, new AskedFile(_open, _time));
        var question = Last(client);

        _desk.Take(question.Id, new string('0', 32), Answer.Deny, "forged");
        _desk.Take(question.Id, question.Token, Answer.Deny, "unwanted");
        _desk.Take(question.Id, question.Token, Answer.Deny, "again");

        (await asking).ShouldBe(Answer.Deny);
        said.ShouldBe([$"{client.Record.Name} Deny {question.File.Path} unwanted"]);
    }

    [Fact]
    public async Task Three_misses_in_a_row_put_a_client_out_which_is_told_so_and_may_come_back()
    {
        var client = Connect();
        await MissAsync(client);
        await MissAsync(client);
        _putOut.ShouldBeEmpty();
        await MissAsync(client);

        _putOut.ShouldBe(["acme"]);
        _desk.Find("acme").ShouldBeNull();
        (await _desk.AskAsync(client, new AskedFile(_open, _time))).ShouldBeNull();
        Lines(client)[^1].ShouldBeOfType<EndLine>().Reason.ShouldBe(EndLine.PutOut);
        _desk.Describe()[0].OutOfPath.ShouldBeTrue();

        Connect();
        _desk.Describe()[0].ShouldSatisfyAllConditions(c => c.OutOfPath.ShouldBeFalse(), c => c.MissedInARow.ShouldBe(0), c => c.Missed.ShouldBe(3UL));
    }

    [Fact]
    public async Task An_answer_between_misses_begins_the_count_anew()
    {
        var client = Connect();
        await MissAsync(client);
        await MissAsync(client);
        var asking = _desk.AskAsync(client, new AskedFile(_open, _time));
        var question = Last(client);
        _desk.Take(question.Id, question.Token, Answer.Allow);
        await asking;
        await MissAsync(client);

        _putOut.ShouldBeEmpty();
        _desk.Find("acme").ShouldBe(client);
    }

    [Fact]
    public void A_second_connection_of_a_name_is_refused_until_the_first_has_ended()
    {
        var client = Connect();
        _desk.Connect(Options()).ShouldBeNull();

        _desk.Disconnect(client);
        Connect().ShouldNotBe(client);
    }

    [Fact]
    public async Task When_the_agent_stops_clients_are_told_and_questions_end()
    {
        var client = Connect();
        var asking = _desk.AskAsync(client, new AskedFile(_open, _time));

        _desk.Stop();

        (await asking).ShouldBeNull();
        Lines(client)[^1].ShouldBeOfType<EndLine>().Reason.ShouldBe(EndLine.AgentStops);
        _desk.Connect(Options()).ShouldBeNull();
    }

    [Fact]
    public void A_name_keeps_its_slot_and_the_seventeenth_gets_none()
    {
        var names = Enumerable.Range(0, 17).Select(static i => $"c{i}").ToArray();

        _slots.Give(names).ShouldBe(["c15", "c16"]);
        _slots.Give(["c3", "acme"]).ShouldBeEmpty();
        _slots.Find("acme").ShouldBe(0);
        _slots.Find("c14").ShouldBe(15);
        _slots.Find("c16").ShouldBeNull();
    }

    public void Dispose() => _open.Dispose();

    private static ClientOptions Options(int deadline = 2000) =>
        new("acme", TimeSpan.FromMilliseconds(deadline), WantsSha256: false, ClientProcess.Find(0));

    private static List<QuestionStreamLine> Lines(QuestionClient client)
    {
        var lines = new List<QuestionStreamLine>();
        while (client.Lines.TryRead(out var line))
        {
            lines.Add(line);
        }

        return lines;
    }

    private static Question Last(QuestionClient client) => Lines(client)[^1].ShouldBeOfType<Question>();

    private QuestionClient Connect(int deadline = 2000) => _desk.Connect(Options(deadline)) ?? throw new InvalidOperationException("refused");

    private async Task MissAsync(QuestionClient client)
    {
        var asking = _desk.AskAsync(client, new AskedFile(_open, _time));
        _time.Advance(TimeSpan.FromMilliseconds(2200));
        (await asking).ShouldBeNull();
    }
}
