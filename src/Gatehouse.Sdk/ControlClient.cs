using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Sdk;

/// <summary>Talks to the agent on this host over its Unix socket.</summary>
/// <remarks>
/// Safe for use by several threads. Every method throws <see cref="AgentUnreachableException"/> when nobody listens or the
/// agent does not let this user in, <see cref="ControlProblemException"/> when the agent refuses the request, and
/// <see cref="ControlProtocolException"/> when the answer breaks off. The agent accepts root and its own user only.
/// </remarks>
public sealed partial class ControlClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeSpan _answerTimeout;

    /// <summary>Creates a client; nothing is connected before the first request.</summary>
    /// <param name="socketPath">The agent's socket; <see cref="GatehouseDefaults.SocketPath"/> by default.</param>
    /// <param name="connectTimeout">How long to wait for a connection; 5 s by default.</param>
    /// <param name="answerTimeout">How long to wait for an answer, event streams excepted; 60 s by default.</param>
    public ControlClient(
        string socketPath = GatehouseDefaults.SocketPath, TimeSpan? connectTimeout = null, TimeSpan? answerTimeout = null)
    {
        _answerTimeout = answerTimeout ?? TimeSpan.FromSeconds(60);
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        SocketPath = socketPath;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(5),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };

        // The host name is never looked up; the handler connects to the socket whatever it says.
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://gatehouse/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The agent's socket.</summary>
    public string SocketPath { get; }

    /// <summary>How the agent is.</summary>
    /// <param name="cancellationToken">Gives up waiting; nothing is lost.</param>
    public Task<AgentStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/status", null, GatehouseJson.Default.AgentStatus, cancellationToken);

    /// <summary>
    /// Has the kernel count what our programs cost this host, for a while. Needs Linux 5.8; waits for that long.
    /// </summary>
    /// <param name="seconds">How long: 1 to 30 s.</param>
    /// <param name="cancellationToken">Gives up waiting; counting ends then.</param>
    /// <exception cref="Problems.ControlProblemException"><c>kernel-refused</c>: the kernel does not count.</exception>
    public Task<CostReport> GetCostAsync(int seconds = 5, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, 30);
        return SendAsync(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"v1/cost?seconds={seconds}"), null, GatehouseJson.Default.CostReport, cancellationToken);
    }

    /// <summary>Policies in force.</summary>
    /// <param name="cancellationToken">Gives up waiting; nothing is lost.</param>
    public Task<PolicyList> GetPoliciesAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/policies", null, GatehouseJson.Default.PolicyList, cancellationToken);

    /// <summary>The text of a policy in force.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="cancellationToken">Gives up waiting; nothing is lost.</param>
    public Task<PolicyText> GetPolicyAsync(string name, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, PolicyPath(name), null, GatehouseJson.Default.PolicyText, cancellationToken);

    /// <summary>Adds or replaces policies, all of them or none.</summary>
    /// <param name="files">The policies.</param>
    /// <param name="replaceAll">Whether every policy that is not in <paramref name="files"/> goes.</param>
    /// <param name="cancellationToken">Gives up waiting; whether the policies are applied is then not known.</param>
    public Task<ApplyPoliciesResult> ApplyPoliciesAsync(
        IReadOnlyList<PolicyFile> files,
        bool replaceAll = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ApplyPoliciesRequest(files, replaceAll), GatehouseJson.Default.ApplyPoliciesRequest);
        return SendAsync(HttpMethod.Post, "v1/policies", body, GatehouseJson.Default.ApplyPoliciesResult, cancellationToken);
    }

    /// <summary>Removes a policy.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="cancellationToken">Gives up waiting; whether the policy is removed is then not known.</param>
    public Task<ApplyPoliciesResult> RemovePolicyAsync(string name, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, PolicyPath(name), null, GatehouseJson.Default.ApplyPoliciesResult, cancellationToken);

    /// <summary>
    /// Puts policies in force for a time. Unless <see cref="ConfirmTrialAsync"/> comes in time the agent goes back by itself,
    /// also if this program or its terminal is gone, and a restarted agent comes up with the policies before the trial.
    /// </summary>
    /// <param name="files">The policies.</param>
    /// <param name="duration">5 seconds to 1 hour, in whole seconds.</param>
    /// <param name="replaceAll">Whether every policy that is not in <paramref name="files"/> goes.</param>
    /// <param name="cancellationToken">Gives up waiting; whether the trial runs is then not known.</param>
    public Task<TryPoliciesResult> TryPoliciesAsync(
        IReadOnlyList<PolicyFile> files,
        TimeSpan duration,
        bool replaceAll = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.FromSeconds(TryPoliciesRequest.ShortestSeconds));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, TimeSpan.FromSeconds(TryPoliciesRequest.LongestSeconds));
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new TryPoliciesRequest(files, (int)duration.TotalSeconds, replaceAll), GatehouseJson.Default.TryPoliciesRequest);
        return SendAsync(HttpMethod.Post, "v1/trial", body, GatehouseJson.Default.TryPoliciesResult, cancellationToken);
    }

    /// <summary>Keeps the policies that are tried.</summary>
    /// <param name="cancellationToken">Gives up waiting; whether they are kept is then not known.</param>
    public Task<TrialStatus> ConfirmTrialAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/trial/confirm", null, GatehouseJson.Default.TrialStatus, cancellationToken);

    /// <summary>Goes back to the policies before the trial at once.</summary>
    /// <param name="cancellationToken">Gives up waiting; the agent goes back all the same.</param>
    public Task<TrialStatus> EndTrialAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, "v1/trial", null, GatehouseJson.Default.TrialStatus, cancellationToken);

    /// <summary>Has the agent read the trust database again, and the policies take effect with it.</summary>
    /// <param name="cancellationToken">Gives up waiting; the agent reads it all the same.</param>
    public Task<TrustStatus> ReloadTrustAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/trust/reload", null, GatehouseJson.Default.TrustStatus, cancellationToken);

    /// <summary>Reads the event stream as typed records.</summary>
    /// <param name="query">Which part of the stream.</param>
    /// <param name="cancellationToken">Ends the subscription; records not yet read are given up.</param>
    public async IAsyncEnumerable<StreamRecord> ReadEventsAsync(
        EventQuery? query = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var line in ReadEventLinesAsync(query, cancellationToken).ConfigureAwait(false))
        {
            yield return ParseEvent(line);
        }
    }

    /// <summary>Reads the event stream as it comes: one JSON object a line, with whatever a newer agent adds.</summary>
    /// <param name="query">Which part of the stream.</param>
    /// <param name="cancellationToken">Ends the subscription; records not yet read are given up.</param>
    public async IAsyncEnumerable<string> ReadEventLinesAsync(
        EventQuery? query = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await ExchangeAsync(
            HttpMethod.Get, (query ?? new EventQuery()).ToPath(), null, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(body);
        while (await ReadLineAsync(reader, cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    /// <summary>Reads one line of the event stream.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="ControlProtocolException">The line is not a record that this version knows.</exception>
    public static StreamRecord ParseEvent(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, GatehouseJson.Default.StreamRecord)
                ?? throw new ControlProtocolException("the event stream has a line that is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ControlProtocolException($"the event stream has a line that is not understood: {e.Message}", e);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private static string PolicyPath(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return "v1/policies/" + Uri.EscapeDataString(name);
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ControlProtocolException("the agent ended the event stream: " + e.Message, e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, byte[]? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_answerTimeout);
        try
        {
            using var response = await ExchangeAsync(method, path, body, HttpCompletionOption.ResponseContentRead, limited.Token).ConfigureAwait(false);
            return Decode(await response.Content.ReadAsByteArrayAsync(limited.Token).ConfigureAwait(false), type);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && limited.IsCancellationRequested)
        {
            throw new ControlProtocolException($"no answer from the agent within {_answerTimeout.TotalSeconds} s", e);
        }
    }

    private static T Decode<T>(byte[] bytes, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type)
                ?? throw new ControlProtocolException("the agent answered with null");
        }
        catch (JsonException e)
        {
            throw new ControlProtocolException("the agent's answer is not understood: " + e.Message, e);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(
        HttpMethod method, string path, byte[]? body, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

            // The agent then refuses a body that is too large before it is sent, and not by closing in the middle of it.
            request.Headers.ExpectContinue = body.Length > GatehouseDefaults.MaximumRequestBytes;
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw Explain(e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AgentUnreachableException(SocketPath, "no connection in time", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            throw new ControlProblemException(ReadProblem(response.StatusCode, bytes));
        }
    }

    private static ProblemDocument ReadProblem(HttpStatusCode status, byte[] bytes)
    {
        try
        {
            if (JsonSerializer.Deserialize(bytes, GatehouseJson.Default.ProblemDocument) is { } problem)
            {
                return problem;
            }
        }
        catch (JsonException)
        {
            // The server answers requests that are not HTTP at all without a document; the status is all there is.
        }

        return new ProblemDocument
        {
            Type = "about:blank",
            Title = status.ToString(),
            Status = (int)status,
            Detail = $"the agent answered with HTTP status {(int)status} and no explanation",
        };
    }

    private Exception Explain(HttpRequestException e) => e.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            new AgentUnreachableException(SocketPath, "the socket is there, but nobody listens", e),
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            new AgentUnreachableException(SocketPath, "permission denied; the agent accepts root only (try sudo)", e),
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            new AgentUnreachableException(SocketPath, "no such socket; is gatehoused running?", e),
        SocketException s => new AgentUnreachableException(SocketPath, s.Message, e),
        _ => new ControlProtocolException("the agent closed the connection without an answer: " + (e.InnerException ?? e).Message, e),
    };
}
