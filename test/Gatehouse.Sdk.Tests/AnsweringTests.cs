using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Questions;
using Shouldly;
using Xunit;

namespace Gatehouse.Sdk.Tests;

public sealed class AnsweringTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gh-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string SocketPath => Path.Combine(_directory, "s");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>As in a program with a user interface: its one thread may be the very one that waits for the file to be opened.</summary>
    [Fact]
    public async Task Questions_are_answered_while_the_thread_that_began_is_busy()
    {
        using var listener = Listen();
        using var client = new ControlClient(SocketPath);

        var serving = ServeAsync(listener);
        var before = SynchronizationContext.Current;
        Task<EndLine?> answering;
        SynchronizationContext.SetSynchronizationContext(new BusyContext());
        try
        {
            answering = client.AnswerAsync(
                new QuestionOptions { Client = "acme" }, static (_, _) => ValueTask.FromResult(Answer.Deny), Cancel);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        (await serving.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldContain("\"verdict\":\"deny\"");
        (await answering.WaitAsync(TimeSpan.FromSeconds(30), Cancel))!.Reason.ShouldBe(EndLine.AgentStops);
    }

    /// <summary>As when it completes a task whose continuation goes on to start a program.</summary>
    [Fact]
    public async Task Questions_are_answered_while_the_news_of_the_connection_is_dealt_with()
    {
        using var listener = Listen();
        using var client = new ControlClient(SocketPath);
        using var answered = new ManualResetEventSlim();
        var options = new QuestionOptions { Client = "acme", Connected = _ => answered.Wait(Cancel) };

        var serving = ServeAsync(listener);
        var answering = client.AnswerAsync(options, static (_, _) => ValueTask.FromResult(Answer.Allow), Cancel);
        try
        {
            (await serving.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldContain("\"verdict\":\"allow\"");
            await answering.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        }
        finally
        {
            answered.Set();
        }
    }

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen();
        return listener;
    }

    // One question; returns the body of the answer.
    private static async Task<string> ServeAsync(Socket listener)
    {
        using var asking = await listener.AcceptAsync(Cancel);
        await ReadAsync(asking);
        await WriteAsync(asking, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        await WriteAsync(asking, new WelcomeLine
        {
            Client = "acme", Named = true, Slot = 0, DeadlineMilliseconds = 20_000, HeadroomMilliseconds = 100, MissesAllowed = 3,
        });
        var file = new QuestionFile
        {
            Path = "/usr/bin/true", Size = 1, OwnerUid = 0, OwnerGid = 0, Mode = 493, LinkCount = 1, FileSystemMagic = 1, DeviceMajor = 1,
            DeviceMinor = 1, Inode = 1,
        };
        await WriteAsync(asking, new Question
        {
            Id = 7, Token = "t", AskedAt = DateTimeOffset.UnixEpoch, AnswerWithinMilliseconds = 20_000, Execution = true, File = file,
        });
        string request;
        using (var answered = await listener.AcceptAsync(Cancel))
        {
            request = await ReadAsync(answered);
            const string receipt = """{"question":7,"afterMilliseconds":1}""";
            await WriteAsync(answered, $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {receipt.Length}\r\n\r\n{receipt}");
        }

        await WriteAsync(asking, new EndLine { Reason = EndLine.AgentStops, Detail = "the end" });
        return request;
    }

    private static async Task<string> ReadAsync(Socket connection)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        do
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, await connection.ReceiveAsync(buffer, Cancel)));
        }
        while (connection.Available > 0 || (text.ToString().StartsWith("POST /v1/answers", StringComparison.Ordinal) && text[^1] != '}'));

        return text.ToString();
    }

    private static Task WriteAsync(Socket connection, QuestionStreamLine line) =>
        WriteAsync(connection, JsonSerializer.Serialize(line, GatehouseJson.Default.QuestionStreamLine) + "\n");

    private static async Task WriteAsync(Socket connection, string text) => await connection.SendAsync(Encoding.UTF8.GetBytes(text), Cancel);

    /// <summary>Its thread never comes to what is posted.</summary>
    private sealed class BusyContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
