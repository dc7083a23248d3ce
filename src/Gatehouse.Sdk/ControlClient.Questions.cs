using System.Globalization;
using System.Text.Json;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Questions;

namespace Gatehouse.Sdk;

/// <content>Answering the questions of rules with the action <c>ask</c>.</content>
public sealed partial class ControlClient
{
    /// <summary>
    /// Answers questions whether files may be loaded, until cancelled or until the agent ends it. Each question is about one content of
    /// a file; the answer holds for it until the content changes or <see cref="ForgetAnswersAsync"/>.
    /// </summary>
    /// <remarks>
    /// <para>Needs Linux 6.1 and an agent that enforces a policy with rules that ask this client; without one no question comes yet.
    /// One connection for each client name. Files that this very process opens are not asked about; those that its child processes
    /// open are, so a handler that starts a program leads to questions and must not be the only one that may run
    /// (<see cref="QuestionOptions.Concurrency"/>).</para>
    /// <para>What becomes of a question:</para>
    /// <list type="table">
    /// <listheader><term>handler</term><description>the file, when a rule of this client fits its load</description></listheader>
    /// <item><term>returns <see cref="Answer.Allow"/> in time</term><description>is loaded, as far as this rule is concerned</description></item>
    /// <item><term>returns <see cref="Answer.Deny"/> in time</term><description>is refused</description></item>
    /// <item><term>throws</term><description>the rule's <c>onMiss</c> (default: refused); reported to <see cref="QuestionOptions.Missed"/></description></item>
    /// <item><term>is late, or this program ends</term><description>the rule's <c>onMiss</c>; the file is asked about again at the next open</description></item>
    /// </list>
    /// </remarks>
    /// <param name="options">How to be asked.</param>
    /// <param name="handler">Called by several threads at the same time. Its token is cancelled at the deadline.</param>
    /// <param name="cancellationToken">Ends the answering.</param>
    /// <returns>Why the agent ended it; null if it broke off without a last line.</returns>
    /// <exception cref="ControlProblemException">
    /// <c>client-connected</c>: the name has a connection already. <c>bad-query</c>: name or deadline are not possible.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<EndLine?> AnswerAsync(
        QuestionOptions options,
        Func<Question, CancellationToken, ValueTask<Answer>> handler,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"v1/questions?client={Uri.EscapeDataString(options.Client)}&deadline={options.Deadline.TotalMilliseconds:0}&sha256={(options.WantsSha256 ? "true" : "false")}");
        using var response = await ExchangeAsync(HttpMethod.Post, path, null, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(body);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var session = new QuestionSession(options, handler, SendAnswerAsync, options.Statistics ?? new QuestionStatistics(), ending.Token);
        EndLine? end = null;
        try
        {
            while (end is null && await ReadLineAsync(reader, cancellationToken).ConfigureAwait(false) is { } line)
            {
                switch (ParseQuestion(line))
                {
                    case WelcomeLine welcome:
                        // Not here: who blocks there, or continues a task that does, would keep the questions from being read.
                        _ = Task.Run(() => options.Connected?.Invoke(welcome), CancellationToken.None);
                        break;
                    case Question question:
                        session.Begin(question);
                        break;
                    case EndLine last:
                        end = last;
                        break;
                }
            }
        }
        finally
        {
            // Nobody waits for what is still being thought about.
            await ending.CancelAsync().ConfigureAwait(false);
            await session.EndAsync().ConfigureAwait(false);
        }

        return end;
    }

    /// <summary>Takes back all answers of a client: every file is asked about again when it is opened the next time.</summary>
    /// <param name="client">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting; whether they are forgotten is then not known.</param>
    /// <exception cref="ControlProblemException"><c>no-such-client</c>: no policy has asked a client of that name.</exception>
    public Task<ForgottenAnswers> ForgetAnswersAsync(string client, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(client);
        return SendAsync(
            HttpMethod.Delete, "v1/answers?client=" + Uri.EscapeDataString(client), null, GatehouseJson.Default.ForgottenAnswers, cancellationToken);
    }

    /// <summary>Reads one line of <c>POST /v1/questions</c>.</summary>
    /// <exception cref="ControlProtocolException">The line is not one that this version knows.</exception>
    internal static QuestionStreamLine ParseQuestion(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, GatehouseJson.Default.QuestionStreamLine)
                ?? throw new ControlProtocolException("the questions have a line that is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ControlProtocolException($"the questions have a line that is not understood: {e.Message}", e);
        }
    }

    private Task<AnswerReceipt> SendAnswerAsync(AnswerRequest answer, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        "v1/answers",
        JsonSerializer.SerializeToUtf8Bytes(answer, GatehouseJson.Default.AnswerRequest),
        GatehouseJson.Default.AnswerReceipt,
        cancellationToken);
}
