using System.Collections.Immutable;
using Gatehouse.Policy;
using Gatehouse.Sdk.Questions;
using Answer = Gatehouse.Sdk.Questions.Answer;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>
/// Clients that policies ask. Two are there and answer by the content, each in its own way; one never comes.
/// </summary>
internal sealed class OracleClients : IAsyncDisposable
{
    /// <summary>All names, also of the one that is not there.</summary>
    public static readonly IReadOnlyList<string> Names = ["acme", "zeta", "mute"];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<(ControlClient Control, Task Answering)> _clients = [];
    private readonly List<QuestionStatistics> _statistics = [];

    public long Asked => _statistics.Sum(static s => s.Asked);

    public long Missed => _statistics.Sum(static s => s.Missed);

    /// <summary>What those that are there say of a content.</summary>
    public static IReadOnlyDictionary<string, ClientAnswer> AnswersFor(string sha256) => ImmutableDictionary<string, ClientAnswer>.Empty
        .Add("acme", AnswerBy(sha256[0]))
        .Add("zeta", AnswerBy(sha256[^1]));

    public static async Task<OracleClients> ConnectAsync(OracleWorld world)
    {
        // The path finds the content: having the agent hash each file of the host that is opened would take longer.
        var hashes = world.Files.ToDictionary(static f => f.Path, static f => f.Sha256, StringComparer.Ordinal);
        var clients = new OracleClients();
        foreach (var name in Names.SkipLast(1))
            await clients.ConnectAsync(name, hashes);
        return clients;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (control, answering) in _clients)
        {
            try
            {
                await answering;
            }
            catch (Exception end) when (end is OperationCanceledException or AgentUnreachableException or ControlProtocolException)
            {
                // It was asked to end, or the agent had ended.
            }
            control.Dispose();
        }
        _stop.Dispose();
    }

    private static ClientAnswer AnswerBy(char digit) => Convert.ToInt32(digit.ToString(), 16) % 2 == 0 ? ClientAnswer.Allow : ClientAnswer.Deny;

    private async Task ConnectAsync(string name, IReadOnlyDictionary<string, string> hashes)
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var statistics = new QuestionStatistics();
        var control = new ControlClient();
        var options = new QuestionOptions
        {
            Client = name,
            Deadline = TimeSpan.FromSeconds(20),
            Statistics = statistics,
            Connected = _ => connected.TrySetResult(),
        };
        var answering = control.AnswerAsync(options, (question, _) => ValueTask.FromResult(Decide(name, question, hashes)), _stop.Token);
        _clients.Add((control, answering));
        _statistics.Add(statistics);
        if (await Task.WhenAny(connected.Task, answering).WaitAsync(s_patience) == answering)
            await answering;
    }

    private static Answer Decide(string name, Question question, IReadOnlyDictionary<string, string> hashes) =>
        hashes.TryGetValue(question.File.Path, out var sha256) && AnswersFor(sha256)[name] == ClientAnswer.Deny ? Answer.Deny : Answer.Allow;
}
