using System.Net.Sockets;
using System.Text;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Sdk.Tests;

public sealed class ControlClientTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gh-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string SocketPath => Path.Combine(_directory, "s");

    [Fact]
    public async Task Without_a_socket_the_agent_is_unreachable()
    {
        using var client = new ControlClient(SocketPath);

        var e = await Should.ThrowAsync<AgentUnreachableException>(() => client.GetStatusAsync(Cancel));

        e.Message.ShouldContain(SocketPath);
        e.Message.ShouldContain("no such socket");
    }

    [Fact]
    public async Task With_a_socket_that_nobody_listens_at_the_agent_is_unreachable()
    {
        using var socket = Bind();
        using var client = new ControlClient(SocketPath);

        (await Should.ThrowAsync<AgentUnreachableException>(() => client.GetStatusAsync(Cancel))).Message.ShouldContain("nobody listens");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{}")]
    [InlineData("")]
    [InlineData("junk\r\n\r\n")]
    public async Task An_answer_that_makes_no_sense_is_a_protocol_error(string answer)
    {
        using var client = new ControlClient(SocketPath);

        await Should.ThrowAsync<ControlProtocolException>(() => WithAnswerAsync(answer, () => client.GetStatusAsync(Cancel)));
    }

    [Fact]
    public async Task An_agent_that_accepts_and_says_nothing_is_given_up()
    {
        using var listener = Bind();
        listener.Listen();
        using var client = new ControlClient(SocketPath, answerTimeout: TimeSpan.FromMilliseconds(50));

        (await Should.ThrowAsync<ControlProtocolException>(() => client.GetStatusAsync(Cancel))).Message.ShouldContain("no answer");
    }

    [Fact]
    public async Task A_problem_document_comes_back_as_it_was_sent()
    {
        const string body = """{"type":"urn:x","title":"T","status":422,"detail":"D","diagnostics":[]}""";
        using var client = new ControlClient(SocketPath);

        var e = await Should.ThrowAsync<ControlProblemException>(() => WithAnswerAsync(
            $"HTTP/1.1 422 No\r\nContent-Type: application/problem+json\r\nContent-Length: {body.Length}\r\n\r\n{body}",
            () => client.GetPoliciesAsync(Cancel)));

        (e.Problem.Type, e.Problem.Status, e.Message).ShouldBe(("urn:x", 422, "D"));
    }

    [Fact]
    public async Task A_failure_without_a_document_still_names_the_status()
    {
        using var client = new ControlClient(SocketPath);

        var e = await Should.ThrowAsync<ControlProblemException>(() => WithAnswerAsync(
            "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", () => client.GetPoliciesAsync(Cancel)));

        e.Problem.Status.ShouldBe(503);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_a_protocol_error_after_what_arrived()
    {
        using var client = new ControlClient(SocketPath);
        var lines = new List<string>();

        await Should.ThrowAsync<ControlProtocolException>(() => WithAnswerAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n",
            async () =>
            {
                await foreach (var line in client.ReadEventLinesAsync(cancellationToken: Cancel))
                {
                    lines.Add(line);
                }

                return 0;
            }));

        lines.ShouldBe(["one"]);
    }

    [Theory]
    [InlineData(false, null, null, "follow=false ")]
    [InlineData(true, 7UL, 3, "follow=true&since=7&limit=3 ")]
    public async Task The_query_says_which_part_of_the_stream(bool follow, ulong? since, int? limit, string expected)
    {
        using var client = new ControlClient(SocketPath);
        var query = new EventQuery { Follow = follow, Since = since, Limit = limit };

        var request = await WithAnswerAsync(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            async () =>
            {
                await foreach (var _ in client.ReadEventLinesAsync(query, Cancel))
                {
                }

                return 0;
            });

        request.ShouldStartWith("GET /v1/events?" + expected);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    // Reads a request's header, answers, closes, as often as the client tries (it does when it gets no byte of an answer).
    // Returns the last header.
    private async Task<string> WithAnswerAsync<T>(string answer, Func<Task<T>> ask)
    {
        using var listener = Bind();
        listener.Listen();
        var request = "";
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var serving = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var connection = await listener.AcceptAsync(done.Token);
                    var buffer = new byte[4096];
                    var length = await connection.ReceiveAsync(buffer, done.Token);
                    request = Encoding.UTF8.GetString(buffer, 0, length);
                    await connection.SendAsync(Encoding.UTF8.GetBytes(answer), done.Token);
                    connection.Shutdown(SocketShutdown.Both);
                }
            },
            Cancel);
        try
        {
            await ask();
            return request;
        }
        finally
        {
            await done.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(serving);
        }
    }
}
