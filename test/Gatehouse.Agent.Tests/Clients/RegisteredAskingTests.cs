using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Questions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>Who may answer questions once somebody is registered.</summary>
public sealed class RegisteredAskingTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("mayAsk: false", "acme", "without mayAsk")]
    [InlineData("mayAsk: true", "other", "does not register")]
    public async Task Who_may_not_is_refused(string more, string name, string reason)
    {
        Registration.Add(_directory, Registration.Text(more: more));
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);

        var refused = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.AnswerAsync(new QuestionOptions { Client = name }, static (_, _) => new(Answer.Allow), Cancel));

        refused.Problem.Type.ShouldBe("urn:gatehouse:problem:not-permitted");
        refused.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task Who_may_is_let_in()
    {
        Registration.Add(_directory, Registration.Text(more: "mayAsk: true"));
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var answering = agent.Client.AnswerAsync(
            new QuestionOptions { Client = "acme", Connected = _ => connected.SetResult() }, static (_, _) => new(Answer.Allow), stop.Token);
        await connected.Task.WaitAsync(Cancel);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => answering);
    }
}
