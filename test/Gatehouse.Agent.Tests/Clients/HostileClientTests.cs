using System.Net.Sockets;
using System.Text;
using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Clients.Wire;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>A client that speaks nonsense, says nothing or too much is cut off, and another one notices nothing.</summary>
public sealed class HostileClientTests : IDisposable
{
    private const string Hello = """{"do":"hello","version":1,"name":"evil","altitude":9,"classes":[],"acceptPartly":true,"policiesAtEnd":"keep"}""";

    private readonly TestDirectory _directory = new();

    public static TheoryData<string, byte[]> Nonsense => new()
    {
        { "no frame", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n") },
        { "a length below zero", [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0] },
        { "a greeting larger than any", [0, 0, 0, 1, 1, 0, 0, 0] },
        { "an answer", Frame(ClientFrameKind.Answer, """{"answer":"done"}""") },
        { "a kind that there is not", Frame((ClientFrameKind)200, Hello) },
        { "no JSON", Frame(ClientFrameKind.Request, "{") },
        { "null", Frame(ClientFrameKind.Request, "null") },
        { "a request that there is not", Frame(ClientFrameKind.Request, """{"do":"explode"}""") },
        { "no greeting", Frame(ClientFrameKind.Request, """{"do":"list"}""") },
        { "a greeting without a name", Frame(ClientFrameKind.Request, """{"do":"hello","version":1}""") },
        { "deep nesting", Frame(ClientFrameKind.Request, new string('[', 10_000)) },
        { "two greetings", [.. Frame(ClientFrameKind.Request, Hello), .. Frame(ClientFrameKind.Request, Hello)] },
        { "null among the policies", [.. Frame(ClientFrameKind.Request, Hello), .. Frame(ClientFrameKind.Request, """{"do":"apply","files":[null]}""")] },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Nonsense_ends_its_connection_and_no_other(string what, byte[] bytes)
    {
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);
        await using var good = await Vendor.ConnectAsync(agent, Cancel, "good", 1);
        using var evil = await ConnectAsync(agent);

        await evil.SendAsync(bytes, Cancel);

        await ReadToEndAsync(evil);
        (await good.GetClientsAsync(Cancel)).Clients.Any(static c => c.Name == "good").ShouldBeTrue(what);
        await using var next = await Vendor.ConnectAsync(agent, Cancel, "next", 2);
    }

    [Fact]
    public async Task Who_says_nothing_is_not_waited_for()
    {
        var time = new ManualTimeProvider();
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory, change: e => e with { Time = time });
        using var silent = await ConnectAsync(agent);

        // Until the agent has begun to wait.
        var end = ReadToEndAsync(silent);
        while (!end.IsCompleted)
        {
            time.Advance(ClientDialog.GreetingWithin);
            await Task.WhenAny(end, Task.Delay(10, Cancel));
        }

        await end;
    }

    [Fact]
    public async Task What_is_announced_and_never_sent_costs_nothing()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);
        await using var good = await Vendor.ConnectAsync(agent, Cancel, "good", 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var hogs = new List<Socket>();
        for (var i = 0; i < 20; i++)
        {
            var hog = await ConnectAsync(agent);
            var header = new byte[ClientFrame.HeaderBytes];
            ClientFrame.WriteHeader(header, ClientFrameKind.Request, ClientFrame.LargestContent);
            await hog.SendAsync(Frame(ClientFrameKind.Request, Hello.Replace("evil", "evil" + i, StringComparison.Ordinal).Replace(":9", ":1" + i, StringComparison.Ordinal)), Cancel);
            await hog.SendAsync(header, Cancel);
            hogs.Add(hog);
        }

        while ((await good.GetClientsAsync(Cancel)).Clients.Count < 21)
        {
            await Task.Delay(10, Cancel);
        }

        // 20 announce 32 MiB each; other tests run meanwhile.
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(320L * 1024 * 1024);
        hogs.ForEach(static h => h.Dispose());
    }

    [Fact]
    public async Task Who_floods_the_socket_keeps_nobody_from_going_on()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);
        await using var good = await Vendor.ConnectAsync(agent, Cancel, "good", 1);
        var flood = new List<Socket>();
        while (flood.Count < 300)
        {
            try
            {
                flood.Add(await ConnectAsync(agent));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // The kernel's queue is full: the flood harms itself first.
                await Task.Delay(10, Cancel);
            }
        }

        (await good.GetClientsAsync(Cancel)).Clients.ShouldHaveSingleItem();
        flood.ForEach(static f => f.Dispose());
        await using var next = await UntilServedAsync(agent);
    }

    [Fact]
    public async Task Another_user_is_cut_off_before_it_has_said_a_word()
    {
        Registration.Add(_directory, Registration.Text(user: "4000000"));
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);
        using var stranger = await ConnectAsync(agent);

        (await ReadToEndAsync(stranger)).ShouldBe(0);
    }

    [Fact]
    public async Task The_socket_is_roots_alone_unless_another_user_is_registered()
    {
        await using (var agent = await TestAgent.StartAsync(Cancel, directory: _directory))
        {
            File.GetUnixFileMode(Vendor.ClientSocketOf(agent)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Registration.Add(_directory, Registration.Text(user: "4000000"));
        await using var next = await TestAgent.StartAsync(Cancel, directory: _directory);
        File.GetUnixFileMode(Vendor.ClientSocketOf(next)).HasFlag(UnixFileMode.OtherWrite).ShouldBeTrue();
        File.GetUnixFileMode(next.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(next.SocketPath)!).HasFlag(UnixFileMode.OtherExecute).ShouldBeTrue();
    }

    private static byte[] Frame(ClientFrameKind kind, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var frame = new byte[ClientFrame.HeaderBytes + bytes.Length];
        ClientFrame.WriteHeader(frame, kind, bytes.Length);
        bytes.CopyTo(frame, ClientFrame.HeaderBytes);
        return frame;
    }

    private static async Task<Socket> ConnectAsync(TestAgent agent)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Vendor.ClientSocketOf(agent)), Cancel);
        return socket;
    }

    private static async Task<int> ReadToEndAsync(Socket socket)
    {
        var (buffer, total) = (new byte[4096], 0);
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancel) is > 0 and var length)
            {
                total += length;
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes of ours unread.
        }

        return total;
    }

    private static async Task<Sdk.Clients.GatehouseClient> UntilServedAsync(TestAgent agent)
    {
        while (true)
        {
            try
            {
                return await Vendor.ConnectAsync(agent, Cancel, "next", 2);
            }
            catch (Exception e) when (e is Sdk.Problems.ControlProtocolException or Sdk.Problems.AgentUnreachableException)
            {
                await Task.Delay(10, Cancel);
            }
        }
    }
}
