using System.Security.Cryptography;
using System.Threading.Channels;
using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;
using Gatehouse.Sdk.Status;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Questions;

/// <summary>
/// Asks clients while policies in force have rules that ask, and watches nothing otherwise. Members may be called by any thread.
/// </summary>
internal sealed class QuestionService : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly QuestionHost _host;
    private readonly QuestionLimits _limits;
    private readonly HealthBoard _health;
    private readonly ILogger _logger;
    private readonly QuestionCounts _counts = new();
    private readonly WaitingOpens _waiting;
    private readonly AnswerCache _cache;
    private readonly Dictionary<int, QuestionChannel> _channels = [];
    private readonly HashSet<string> _watched = new(StringComparer.Ordinal);
    private QuestionBroker? _broker;
    private Channel<TakenOpen>? _intake;
    private IAnswerTable? _answers;
    private volatile IReadOnlyList<string> _names = [];
    private bool _disposed;

    public QuestionService(QuestionHost host, QuestionLimits limits, HealthBoard health, TimeProvider time, ILogger<QuestionService> logger)
    {
        _host = host;
        _limits = limits;
        _health = health;
        _logger = logger;
        Time = time;
        _waiting = new WaitingOpens(time);
        _cache = new AnswerCache(limits.KeptContents);
        Desk = new ClientDesk(Slots, limits, time) { Connected = EndMarks, PutOut = ReportPutOut, Reasoned = ReportReason };
    }

    public TimeProvider Time { get; }

    public QuestionLimits Limits => _limits;

    public ClientSlots Slots { get; } = new();

    public ClientDesk Desk { get; }

    /// <summary>Takes up the clients that the policies in force ask. Called after every change of policies.</summary>
    public void Refresh()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _names = _host.AskedClients();
            var left = Slots.Give(_names);
            Desk.Name(_names);
            if (_names.Count == 0)
            {
                Stop();
                _health.Clear(HealthTopic.Questions);
                return;
            }

            try
            {
                if (_broker is null)
                {
                    Start();
                }

                WatchMounts();
                EndMarks();
                Report(left.Count == 0 ? null : $"there are {ClientSlots.Count} slots for clients that are asked; none is left for {string.Join(", ", left)}, whose rules decide by onMiss");
            }
            catch (KernelGateException e)
            {
                Stop();
                Report($"clients cannot be asked, so their rules decide by onMiss: {e.Message}");
            }
        }
    }

    /// <summary>A client takes back all its answers.</summary>
    /// <returns>False if it never had a slot, so never answered.</returns>
    /// <exception cref="KernelGateException">They go on to count.</exception>
    public bool Forget(string client)
    {
        lock (_lock)
        {
            if (Slots.Find(client) is null)
            {
                return false;
            }

            _broker?.Forget(client);
            EndMarks();
            return true;
        }
    }

    public QuestionStatus Describe()
    {
        lock (_lock)
        {
            return new QuestionStatus
            {
                Active = _broker is not null,
                FileSystems = _watched.Count,
                Opens = _counts.Opens,
                NotImages = _counts.NotImages,
                Unidentified = _counts.Unidentified,
                Waiting = _waiting.Count,
                Clients = Desk.Describe(),
            };
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
            Desk.Stop();
            Stop();
        }

        return ValueTask.CompletedTask;
    }

    private void Start()
    {
        Warm();
        _answers = _host.Answers();
        _answers.Begin(Environment.ProcessId);
        _intake = Channel.CreateUnbounded<TakenOpen>(new UnboundedChannelOptions { SingleWriter = false });
        _broker = new QuestionBroker(() => _names, Slots, Desk, _cache, _answers, _waiting, _counts, Time, _logger);
        for (var i = 0; i < _limits.Lookers; i++)
        {
            var (intake, broker) = (_intake.Reader, _broker);
            new Thread(() => Look(intake, broker)) { IsBackground = true, Name = "looker" }.Start();
        }
    }

    private void Stop()
    {
        // Closing the channels lets go whoever waits; the kernel then decides by onMiss what has no answer.
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }

        _channels.Clear();
        _watched.Clear();
        _intake?.Writer.TryComplete();
        _intake = null;
        _broker = null;
        _answers?.End();
        _answers = null;
    }

    private static void Look(ChannelReader<TakenOpen> intake, QuestionBroker broker)
    {
        // Looking at a file may block, so it has threads of its own; the answers come by the pool.
        while (intake.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (intake.TryRead(out var taken))
            {
                _ = broker.HandleAsync(taken);
            }
        }
    }

    // The cryptographic library is loaded when it is first used. That must not be while somebody holds a lock and waits for the
    // reader to let the library's files be opened.
    private static void Warm() => _ = SHA256.HashData(RandomNumberGenerator.GetBytes(1));

    private void WatchMounts()
    {
        foreach (var mount in MountTable.WatchedMounts(_host.MountLines()))
        {
            if (ChannelOf(mount.Level).Source.TryWatch(mount.Point) is { } problem)
            {
                if (_watched.Add("failed:" + mount.Point))
                {
                    _logger.LogWarning("What is loaded from {Point} is not asked about: {Problem}", mount.Point, problem);
                }

                _watched.Remove("failed:" + mount.Point);
                continue;
            }

            _watched.Add(mount.Point);
        }
    }

    private QuestionChannel ChannelOf(int level)
    {
        if (!_channels.TryGetValue(level, out var channel))
        {
            channel = new QuestionChannel(_host, IsExempt, IsOverdue, _intake!.Writer, _waiting, _limits.DeadMan, _logger, MountsChanged, Break);
            _channels.Add(level, channel);
        }

        return channel;
    }

    private bool IsExempt(int process) => process == Environment.ProcessId || Desk.IsClient(process);

    private bool IsOverdue()
    {
        // Hashing has as long as the client, and comes before it.
        if (_waiting.IsOverdue(Desk.LongestWait() * 2 + _limits.DeadMan))
        {
            _logger.LogCritical("An open waits longer than it may: the agent no longer says that it works, and will be ended.");
            return true;
        }

        return false;
    }

    private void MountsChanged() => _ = Task.Run(() =>
    {
        lock (_lock)
        {
            if (_broker is not null)
            {
                WatchMounts();
            }
        }
    });

    private void Break(KernelGateException e) => _ = Task.Run(() =>
    {
        lock (_lock)
        {
            Stop();
            Report($"clients are not asked any more, so their rules decide by onMiss: {e.Message}; restart the agent");
        }
    });

    private void EndMarks()
    {
        lock (_lock)
        {
            foreach (var channel in _channels.Values)
            {
                channel.Marks.EndAll();
            }
        }
    }

    private void ReportPutOut(string client) =>
        _logger.LogError("Client {Client} missed {Count} questions in a row and is not asked any more; its rules decide by onMiss.", client, _limits.MissesAllowed);

    private void ReportReason(string client, Answer answer, string path, string reason) =>
        _logger.LogInformation("Client {Client} said {Answer} of {Path}: {Reason}", client, answer, OneLine(path), OneLine(reason));

    // Both are somebody else's text: it must not look like lines of the agent.
    private static string OneLine(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(source[i]) ? '?' : source[i];
        }
    });

    private void Report(string? problem)
    {
        if (problem is null)
        {
            _health.Clear(HealthTopic.Questions);
        }
        else if (_health.Set(HealthTopic.Questions, HealthLevel.Degraded, problem))
        {
            _logger.LogError("{Problem}", problem);
        }
    }
}
