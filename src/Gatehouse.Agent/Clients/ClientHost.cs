using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Clients;

/// <summary>All that concerns clients, put together: registrations, sessions, their socket.</summary>
internal sealed class ClientHost : IAsyncDisposable
{
    private readonly ClientSocket _socket;
    private readonly ClientServer _server;

    public ClientHost(
        AgentOptions options,
        AgentEnvironment environment,
        Enforcer enforcer,
        Func<string, string?> trustOf,
        EventStream events,
        EventPump pump,
        StreamClock clock,
        HealthBoard health,
        ILoggerFactory loggers)
    {
        Registry = new ClientRegistry(options.ClientsDirectory, environment.AllowedUsers, health, loggers.CreateLogger<ClientRegistry>());
        Admission = new ClientAdmission(Registry, environment.AllowedUsers, trustOf);
        var sessions = new ClientSessions(Admission, () => enforcer.Gate.PartlyEnforced, environment.Time);
        Listing = new ClientListing(Registry, sessions, enforcer);
        _socket = new ClientSocket(options.ClientSocketPath, Registry, environment.AllowedUsers, loggers.CreateLogger<ClientSocket>());
        var run = new ClientRun(environment.BootId);
        var streams = new ClientStreams(sessions, events, pump, clock, run, environment.Time, loggers.CreateLogger<ClientStreams>());
        var dialog = new ClientDialog(
            sessions, streams, enforcer, Listing.Read, run, environment.Time, loggers.CreateLogger<ClientDialog>());
        _server = new ClientServer(_socket, Admission, dialog, loggers.CreateLogger<ClientServer>());
    }

    public ClientRegistry Registry { get; }

    public ClientAdmission Admission { get; }

    public ClientListing Listing { get; }

    /// <exception cref="Control.ControlSocketException">The socket cannot be made.</exception>
    public void Start() => _server.Start();

    /// <summary>Takes notice of registrations that have come or gone.</summary>
    public void Look() => _socket.Adapt();

    /// <summary>Ends the connections. It is nobody's leaving: policies stay as they are.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
