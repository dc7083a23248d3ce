using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Control;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Gatehouse.Agent.Questions;
using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Selftests;
using Gatehouse.Agent.Tickets;
using Gatehouse.Agent.Trust;
using Gatehouse.Kernel;
using Gatehouse.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Composition;

/// <summary>The parts of the agent, put together by hand: one look shows who knows whom.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly AgentEnvironment _environment;
    private readonly StreamClock _clock;
    private readonly EventPump _pump;
    private readonly CostEndpoint _cost;
    private readonly ProtectionKeeper? _protections;
    private readonly CancellationTokenSource _ending = new();
    private WebApplication? _server;
    private Task _canaryLoop = Task.CompletedTask;

    public RunningAgent(IKernelGate gate, Sealer? sealer, AgentOptions options, AgentEnvironment environment, ILoggerFactory loggers)
    {
        _loggers = loggers;
        _environment = environment;
        var time = environment.Time;
        _clock = new StreamClock(environment.Clock(time), environment.BootId);
        Stream = new EventStream(environment.StreamLimits, _clock);
        var names = new GenerationNames();
        Enforcer = new Enforcer(
            gate,
            new PolicyStateFile(options.StateDirectory),
            new LockOutGuard(environment.VitalFiles, hash => Trust?.WordOf(hash)),
            names,
            Stream,
            _clock,
            Health,
            time,
            loggers.CreateLogger<Enforcer>());
        Trust = new TrustLoader(
            new TrustDatabaseFile(new TrustFileOptions
            {
                Path = options.TrustDatabasePath ?? Path.Combine(options.StateDirectory, "trust.db"),
                OwnerKeyPath = options.OwnerKeyPath,
                FlushDirectory = HostFiles.FlushDirectory,
            }),
            gate,
            Enforcer,
            Health,
            time,
            loggers.CreateLogger<TrustLoader>());
        Canary = new CanaryMonitor(gate, Stream, _clock, Health, time, loggers.CreateLogger<CanaryMonitor>());
        var self = SelfProtection.Of(Environment.ProcessPath!);
        var response = new CanaryResponse(options.OnCanaryFailure, loggers.CreateLogger<CanaryResponse>());
        Canary.Made = proven =>
        {
            ReadyNotification.Alive();
            Clients?.Look();
            if (response.After(proven))
            {
                Canary.ProveSoon();
            }
        };
        if (sealer is not null)
        {
            Tampering = new TamperPump(
                sealer, Stream, _clock, () => gate.Generation, Health, time, loggers.CreateLogger<TamperPump>()) { Attempted = Canary.ProveSoon };
            var holds = new EarlierHoldWatch(sealer.Shield, Health, time, loggers.CreateLogger<EarlierHoldWatch>());
            Canary.Also = () =>
            {
                Tampering.ReturnIfMoved();
                holds.Look();
                return sealer.Prove();
            };
            _protections = new ProtectionKeeper(sealer, Health, time, loggers.CreateLogger<ProtectionKeeper>())
            {
                Reload = Enforcer.ReloadAfterAsync,
                Changed = holds.Forget,
            };
            Tampering.Updated = _protections.FindOutSoon;
            Enforcer.Protections = _protections;
            Enforcer.CheckProtections = set => ProtectionGuard.Check(set, isSealed: true, SealScope.OwnFolders(options));
            Enforcer.Lock(self, () => sealer.Shield.IsSealed && !Tickets!.Allows(TicketAction.Policy));
        }

        Selftests = new SelftestKeeper(
            Enforcer,
            () => sealer?.Shield.IsSealed ?? false,
            [Path.GetFullPath(options.StateDirectory), Path.GetDirectoryName(Path.GetFullPath(options.SocketPath))!],
            Stream,
            _clock,
            time,
            loggers.CreateLogger<SelftestKeeper>());

        var limits = environment.QuestionLimits with { DeadMan = options.QuestionWatchdog };
        var host = new QuestionHost { AskedClients = () => environment.AskedClients(Enforcer.Current), Answers = () => gate.Answers };
        Questions = new QuestionService(
            environment.QuestionHost(host), limits, Health, time, loggers.CreateLogger<QuestionService>());
        Enforcer.SlotsOf = set => Questions.Slots.Of(set.Image.AskedClients);
        Enforcer.Changed = Questions.Refresh;
        Tickets = new TicketService(
            new TicketHost(options.OwnerKeyPath, environment.MachineId),
            new TicketLedgerFile(options.StateDirectory, HostFiles.FlushDirectory),
            sealer is null ? environment.TicketActions : new SealTickets(sealer, Enforcer, self),
            Stream,
            _clock,
            Health,
            time,
            () => gate.Generation,
            loggers.CreateLogger<TicketService>());
        _cost = new CostEndpoint(gate, time);
        _pump = new EventPump(
            gate, Stream, new DecisionTranslator(names, _clock), _clock, Health, time, loggers.CreateLogger<EventPump>());
        Clients = new ClientHost(options, environment, Enforcer, Trust.WordOf, Stream, _pump, _clock, Health, loggers);
    }

    public HealthBoard Health { get; } = new();

    public EventStream Stream { get; }

    public Enforcer Enforcer { get; }

    public TrustLoader Trust { get; }

    public CanaryMonitor Canary { get; }

    public QuestionService Questions { get; }

    public SelftestKeeper Selftests { get; }

    /// <summary>What the shield refuses; null if the agent was not told to seal.</summary>
    public TamperPump? Tampering { get; }

    public TicketService Tickets { get; }

    public ClientHost Clients { get; }

    /// <summary>Serves, reads events and goes on proving.</summary>
    public async Task StartAsync(string socketPath, CancellationToken cancellationToken)
    {
        Tickets.Open();
        var status = new StatusEndpoint(Enforcer, Trust, Canary, _pump, Stream, Questions, Tampering, Clients.Registry, Health, _clock, _environment.Time);
        _server = ControlServer.Build(
            socketPath,
            status,
            new PolicyEndpoints(Enforcer),
            new TrialEndpoints(Enforcer),
            new TrustEndpoint(Trust),
            new SelftestEndpoints(Selftests),
            _cost,
            new TicketEndpoints(Tickets),
            new ClientsEndpoint(Clients.Listing),
            Clients.Admission,
            Stream,
            Questions,
            new PeerGuard(_environment.AllowedUsers, _loggers.CreateLogger<PeerGuard>()),
            _loggers);
        await _server.StartAsync(cancellationToken);
        Clients.Start();
        Stream.Publish(_clock.Agent("agent.started", "version " + StatusEndpoint.Version, Enforcer.Gate.Generation));
        _pump.Start();
        Tampering?.Start();
        _canaryLoop = Task.Run(() => Canary.RunAsync(_ending.Token), CancellationToken.None);
    }

    /// <summary>Waits for a signal or for <paramref name="cancellationToken"/>, or for a fault of the canary loop.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken)
    {
        var shutdown = _server!.WaitForShutdownAsync(cancellationToken);

        // The loop ends only by a fault; an agent that no longer proves anything must not go on as if it did.
        if (await Task.WhenAny(shutdown, _canaryLoop) == _canaryLoop)
        {
            await _canaryLoop;
        }

        await shutdown;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();

        // First: from here on nobody waits for this process, and the streams of the clients end.
        await Questions.DisposeAsync();
        await Clients.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _canaryLoop.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Tickets.Dispose();
        _cost.Dispose();
        _pump.Dispose();
        Tampering?.Dispose();
        _protections?.Dispose();
        await Selftests.DisposeAsync();
        await Enforcer.DisposeAsync();
        _ending.Dispose();
    }
}
