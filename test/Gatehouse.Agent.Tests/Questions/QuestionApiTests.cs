using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Questions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Questions;

/// <summary>Asking over the control socket, by the SDK.</summary>
public sealed class QuestionApiTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly FakeOpenSource _source = new();
    private readonly FakeKernelGate _gate = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_answers_and_the_kernel_is_told()
    {
        await using var agent = await StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var statistics = new QuestionStatistics();
        var answering = agent.Client.AnswerAsync(
            Options() with { Statistics = statistics },
            (question, _) => ValueTask.FromResult(question.File.Path == "/bad" ? Answer.Deny : Answer.Allow),
            stop.Token);
        await _connected.Task.WaitAsync(s_patience, Cancel);

        var (good, bad) = (Content(1), Content(2));
        await Task.WhenAll(Open(good, "/good").Allowed, Open(bad, "/bad").Allowed).WaitAsync(s_patience, Cancel);

        _gate.AnswerTable.Kept[good].ShouldBe(((ushort)1, (ushort)0));
        _gate.AnswerTable.Kept[bad].ShouldBe(((ushort)0, (ushort)1));
        var status = (await agent.Client.GetStatusAsync(Cancel)).Questions.ShouldNotBeNull();
        status.Active.ShouldBeTrue();
        status.Clients.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            c => c.Pid.ShouldBe(Environment.ProcessId), c => c.Allowed.ShouldBe(1UL), c => c.Denied.ShouldBe(1UL));

        (await agent.Client.ForgetAnswersAsync("acme", Cancel)).Client.ShouldBe("acme");
        _gate.AnswerTable.Kept[bad].ShouldBe(((ushort)0, (ushort)0));

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(answering);
        statistics.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task A_handler_that_throws_gives_no_answer_and_is_told_of_it()
    {
        await using var agent = await StartAsync();
        var missed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answering = agent.Client.AnswerAsync(
            Options(100) with { Missed = (_, e) => missed.TrySetResult(e) },
            (_, _) => throw new InvalidOperationException("mine"),
            Cancel);
        await _connected.Task.WaitAsync(s_patience, Cancel);

        await Open(Content(1), "/x").Allowed.WaitAsync(s_patience, Cancel);

        (await missed.Task.WaitAsync(s_patience, Cancel)).ShouldBeOfType<InvalidOperationException>();
        _gate.AnswerTable.Kept.ShouldBeEmpty();
        await agent.StopAsync();
        (await answering.WaitAsync(s_patience, Cancel))?.Reason.ShouldBe(EndLine.AgentStops);
    }

    [Fact]
    public async Task A_second_connection_a_bad_deadline_and_unknown_questions_are_refused_with_the_reason()
    {
        await using var agent = await StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answering = agent.Client.AnswerAsync(Options(), (_, _) => ValueTask.FromResult(Answer.Allow), stop.Token);
        await _connected.Task.WaitAsync(s_patience, Cancel);

        (await RefusedAsync(agent, Options())).ShouldBe("urn:gatehouse:problem:client-connected");
        (await RefusedAsync(agent, Options(49))).ShouldBe("urn:gatehouse:problem:bad-query");
        (await RefusedAsync(agent, Options() with { Client = "" })).ShouldBe("urn:gatehouse:problem:bad-query");
        using var http = agent.Http();
        using var body = new StringContent("""{"question": 77, "token": "x", "verdict": "allow"}""", null, "application/json");
        using var response = await http.PostAsync("v1/answers", body, Cancel);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("no-such-question");
        (await Should.ThrowAsync<ControlProblemException>(agent.Client.ForgetAnswersAsync("nobody", Cancel)))
            .Problem.Type.ShouldBe("urn:gatehouse:problem:no-such-client");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(answering);
    }

    public void Dispose()
    {
        _source.Dispose();
        _gate.Dispose();
    }

    private static AskedContent Content(ulong inode) => new(
        new InodeIdentity(8, inode, 1), new ContentVersion(Size: 1, ChangedSeconds: 1, ChangedNanoseconds: 1, Epoch: 1, MountEpoch: 1), IsProvable: true);

    private static async Task<string> RefusedAsync(TestAgent agent, QuestionOptions options) =>
        (await Should.ThrowAsync<ControlProblemException>(
            agent.Client.AnswerAsync(options, (_, _) => ValueTask.FromResult(Answer.Allow), Cancel))).Problem.Type;

    // The opener is another process: what this one opens is not asked about.
    private FakeOpen Open(AskedContent content, string path)
    {
        var open = new FakeOpen([0x7f, (byte)'E', (byte)'L', (byte)'F'], OpenReason.Open, 1, path);
        _gate.AnswerTable.Note(open.File, content);
        _source.Emit(open);
        return open;
    }

    private QuestionOptions Options(int deadline = 10_000) => new()
    {
        Client = "acme",
        Deadline = TimeSpan.FromMilliseconds(deadline),
        Connected = _ => _connected.TrySetResult(),
    };

    private Task<TestAgent> StartAsync() => TestAgent.StartAsync(Cancel, _gate, change: e => e with
    {
        AskedClients = static _ => ["acme"],
        QuestionHost = host => host with
        {
            OpenSource = () => _source,
            DeadMansSwitch = static () => new FakeDeadMansSwitch(),
            MountLines = static () => [AskingHost.Root],
        },
    });
}
