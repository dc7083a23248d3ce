using System.Net.Sockets;
using System.Text;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Tickets;
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

    [Fact]
    public async Task A_ticket_is_posted_and_what_it_allows_comes_back()
    {
        const string body = """
            {"id":"0123456789abcdef0123456789abcdef","actions":["unseal","of-a-newer-agent"],"notBefore":"2026-12-01T09:00:00+00:00",
            "notAfter":"2026-12-01T11:00:00+00:00","usedAt":"2026-12-01T09:30:00+00:00","usedByUid":4294967295,"usedByPid":7,
            "remainingSeconds":5400,"activeUntil":"2026-12-01T11:00:00+00:00","ofANewerAgent":1}
            """;
        using var client = new ControlClient(SocketPath);
        TicketStatus? used = null;

        var request = await WithAnswerAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}", async () => used = await client.UseTicketAsync("x", Cancel));

        request.ShouldStartWith("POST /v1/tickets HTTP/1.1\r\n");
        request.ShouldContain("Content-Type: application/json\r\n");
        used!.Actions.ShouldBe(["unseal", "of-a-newer-agent"]);
        (used.UsedByUid, used.RemainingSeconds, used.ActiveUntil, used.Host, used.Reason).ShouldBe((uint.MaxValue, 5400, used.NotAfter, null, null));
        await Should.ThrowAsync<ArgumentException>(() => client.UseTicketAsync("", Cancel));
    }

    [Theory]
    [InlineData("""{"tickets":[]}""", null)]
    [InlineData("""{"tickets":[],"problem":"there is no owner's key"}""", "there is no owner's key")]
    public async Task The_list_of_tickets_says_whether_others_are_accepted(string body, string? problem)
    {
        using var client = new ControlClient(SocketPath);
        TicketList? list = null;

        var request = await WithAnswerAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}", async () => list = await client.GetTicketsAsync(Cancel));

        request.ShouldStartWith("GET /v1/tickets HTTP/1.1\r\n");
        (list!.Problem, list.Host, list.OwnerKey, list.Tickets.Count).ShouldBe((problem, null, null, 0));
    }

    [Fact]
    public async Task A_list_that_lacks_what_it_must_have_is_a_protocol_error()
    {
        using var client = new ControlClient(SocketPath);

        await Should.ThrowAsync<ControlProtocolException>(() => WithAnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", () => client.GetTicketsAsync(Cancel)));
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
