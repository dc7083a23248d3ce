using Gatehouse.Sdk.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>A question that a client has before it.</summary>
internal sealed class PendingQuestion(QuestionClient client, ulong id, string token, string path, long askedAt)
{
    // The opener's continuation must not run on the thread that brings the answer.
    private readonly TaskCompletionSource<Answer?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QuestionClient Client => client;

    public ulong Id => id;

    public string Token => token;

    /// <summary>Of the file that is asked about.</summary>
    public string Path => path;

    /// <summary>Timestamp of the moment it was asked.</summary>
    public long AskedAt => askedAt;

    /// <summary>The answer; null if there was none in time.</summary>
    public Task<Answer?> Answer => _answer.Task;

    public void End(Answer? answer) => _answer.TrySetResult(answer);
}
