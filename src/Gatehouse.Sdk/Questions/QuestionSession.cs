using System.Diagnostics;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Questions;

/// <summary>Hands questions to the client's code, and its answers to the agent.</summary>
internal sealed class QuestionSession(
    QuestionOptions options,
    Func<Question, CancellationToken, ValueTask<Answer>> handler,
    Func<AnswerRequest, CancellationToken, Task<AnswerReceipt>> send,
    QuestionStatistics statistics,
    CancellationToken cancellationToken) : IDisposable
{
    private readonly SemaphoreSlim _room = new(options.Concurrency, options.Concurrency);
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Begins to answer and returns at once: the next question may be the one that this one's handler waits for.</summary>
    public void Begin(Question question)
    {
        statistics.CountAsked();
        var answering = Task.Run(() => AnswerAsync(question), CancellationToken.None);
        lock (_lock)
        {
            _running.Add(answering);
        }

        _ = answering.ContinueWith(
            done =>
            {
                lock (_lock)
                {
                    _running.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Waits for what was begun; it never fails.</summary>
    public Task EndAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task AnswerAsync(Question question)
    {
        var start = Stopwatch.GetTimestamp();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(question.AnswerWithinMilliseconds);
        try
        {
            Answer answer;
            await _room.WaitAsync(limited.Token).ConfigureAwait(false);
            try
            {
                answer = await handler(question, limited.Token).ConfigureAwait(false);
            }
            finally
            {
                _room.Release();
            }

            await send(new AnswerRequest(question.Id, question.Token, answer), cancellationToken).ConfigureAwait(false);
            statistics.CountAnswer(answer, Stopwatch.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested)
        {
            Miss(question, failure: null);
        }
        catch (ControlProblemException e) when (e.Problem.Type.EndsWith(":too-late", StringComparison.Ordinal))
        {
            Miss(question, failure: null);
        }
#pragma warning disable CA1031 // Whatever the client's code throws is no answer; the rule's onMiss decides, and the client is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Miss(question, e);
        }
    }

    private void Miss(Question question, Exception? failure)
    {
        statistics.CountMissed();
        options.Missed?.Invoke(question, failure);
    }
}
