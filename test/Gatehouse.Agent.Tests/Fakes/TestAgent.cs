using System.Net.Sockets;
using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Events;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Policies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>The whole agent in this process, on a fake kernel, serving at a real Unix socket in a directory of its own.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    public const string BootId = "00000000-1111-2222-3333-444444444444";

    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _run;
    private readonly TestDirectory? _ownDirectory;

    private TestAgent(FakeKernelGate gate, Task<int> run, CancellationTokenSource stop, string socketPath, TestDirectory? ownDirectory)
    {
        Gate = gate;
        _run = run;
        _stop = stop;
        SocketPath = socketPath;
        _ownDirectory = ownDirectory;
        Client = new ControlClient(socketPath);
    }

    public FakeKernelGate Gate { get; }

    public string SocketPath { get; }

    public ControlClient Client { get; }

    public static AgentOptions Options(TestDirectory directory) => new()
    {
        SocketPath = directory.File("run/control.sock"),
        StateDirectory = directory.File("state"),
        OwnerKeyPath = directory.File("owner.pub"),
        ClientsDirectory = directory.File("clients.d"),
    };

    public static AgentEnvironment Environment(FakeKernelGate gate, TextWriter? error = null) => new()
    {
        OpenGate = _ => gate,
        IsSealed = static () => false,
        BootId = BootId,
        Clock = static time => new BootClock(time, static () => TimeSpan.FromSeconds(1000)),
        VitalFiles = static () => [],
        Error = error ?? TextWriter.Null,
    };

    public static async Task<TestAgent> StartAsync(
        CancellationToken cancellationToken,
        FakeKernelGate? gate = null,
        TestDirectory? directory = null,
        Func<AgentEnvironment, AgentEnvironment>? change = null,
        Func<AgentOptions, AgentOptions>? options = null,
        ILoggerFactory? loggers = null,
        Action<RunningAgent>? running = null)
    {
        gate ??= new FakeKernelGate();
        var own = directory is null ? new TestDirectory() : null;
        var agentOptions = Options(directory ?? own!);
        agentOptions = options?.Invoke(agentOptions) ?? agentOptions;
        var environment = Environment(gate);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stop = new CancellationTokenSource();
        var run = Task.Run(
            () => AgentProcess.RunAsync(
                agentOptions,
                change?.Invoke(environment) ?? environment,
                loggers ?? NullLoggerFactory.Instance,
                stop.Token,
                agent =>
                {
                    running?.Invoke(agent);
                    started.SetResult();
                }),
            cancellationToken);
        if (await Task.WhenAny(run, started.Task).WaitAsync(cancellationToken) == run)
        {
            throw new InvalidOperationException($"the agent ended at once with status {await run}");
        }

        return new TestAgent(gate, run, stop, agentOptions.SocketPath, own);
    }

    public HttpClient Http() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) => new NetworkStream(await ConnectAsync(token), ownsSocket: true),
    })
    {
        BaseAddress = new Uri("http://gatehouse/"),
    };

    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return socket;
    }

    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        _stop.Dispose();
        _ownDirectory?.Dispose();
    }

    public static PolicyFile DenyPath(string policy, string path, string rule = "no-path") => new(
        policy + ".yaml",
        $"""
        apiVersion: gatehouse/v1
        metadata:
          name: {policy}
        rules:
          - name: {rule}
            on: [process.exec, image.load]
            when: image.path == "{path}"
            action: deny
            severity: high
            tags: [T1059]

        """);
}
