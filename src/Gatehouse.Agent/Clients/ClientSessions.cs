using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Clients;
using Gatehouse.Policy;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Agent.Clients;

/// <summary>The clients that are connected. A name and an altitude are one client's at a time. Thread-safe.</summary>
internal sealed class ClientSessions(ClientAdmission admission, Func<IReadOnlyList<PartlyEnforced>> partlyEnforced, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ClientSession> _sessions = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ClientSession> Read()
    {
        lock (_lock)
        {
            return new Dictionary<string, ClientSession>(_sessions, StringComparer.Ordinal);
        }
    }

    /// <summary>Lets a client in, or says why not. Every doubt is closed: not let in.</summary>
    public (ClientSession? Session, IReadOnlyList<PartialEnforcement> Partly, RefusedAnswer? Refusal) Begin(HelloRequest hello, PeerProcess peer)
    {
        var admitted = admission.Admit(peer, hello.Name);
        var classes = hello.Classes.Count > 0 ? hello.Classes : admitted.Client?.Definition.Classes ?? (IReadOnlyList<string>)ClientLimits.Classes;
        List<PartialEnforcement> partly = [];
        var refusal = RefuseVersion(hello) ?? RefuseIdentity(hello, admitted) ?? RefuseClasses(classes, admitted.Client);
        if (refusal is null)
        {
            partly = PartlyOf(classes);
            refusal = hello.AcceptPartly || partly.Count == 0
                ? null
                : new RefusedAnswer(
                    ClientRefusalReason.PartlyEnforced,
                    "the running kernel cannot refuse everything of these classes, and the client does not accept that",
                    [.. partly.Select(static p => $"{p.Operation}{(p.Right is { } right ? " " + right : "")}: {p.Reason} ({p.Kernel})")]);
        }

        if (refusal is not null)
        {
            return (null, [], refusal);
        }

        var session = new ClientSession
        {
            Name = hello.Name,
            Altitude = hello.Altitude,
            Classes = classes,
            Registration = admitted.Client,
            Pid = peer.Id,
            Uid = peer.Uid,
            Since = time.GetUtcNow(),
            PoliciesAtEnd = hello.PoliciesAtEnd,
        };
        return Add(session) is { } taken ? (null, [], taken) : (session, partly, null);
    }

    /// <summary>The session of a token; null: there is none.</summary>
    public ClientSession? Find(string token)
    {
        lock (_lock)
        {
            var given = Encoding.UTF8.GetBytes(token);
            return _sessions.Values.FirstOrDefault(s => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(s.Token), given));
        }
    }

    public void End(ClientSession session)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(session.Name, out var current) && current == session)
            {
                _sessions.Remove(session.Name);
            }
        }

        session.Dispose();
    }

    private static RefusedAnswer? RefuseVersion(HelloRequest hello) => hello.Version == ClientFrame.Version
        ? null
        : new RefusedAnswer(
            ClientRefusalReason.ProtocolVersion,
            string.Create(CultureInfo.InvariantCulture, $"the client speaks version {hello.Version} of the protocol, this agent version {ClientFrame.Version}"));

    private static RefusedAnswer? RefuseIdentity(HelloRequest hello, AdmissionOutcome admitted)
    {
        if (admitted.Refusal is { } reason)
        {
            return new RefusedAnswer(ClientRefusalReason.NotPermitted, reason);
        }

        var (lowest, highest) = admitted.Client is { Definition: var d } ? (d.LowestAltitude, d.HighestAltitude) : (0, PolicyLimits.MaxAltitude);
        return hello.Altitude < lowest || hello.Altitude > highest
            ? new RefusedAnswer(
                ClientRefusalReason.NotPermitted,
                string.Create(CultureInfo.InvariantCulture, $"the altitude {hello.Altitude} is not from {lowest} to {highest}"))
            : null;
    }

    private static RefusedAnswer? RefuseClasses(IReadOnlyList<string> classes, RegisteredClient? client)
    {
        // What nobody can have is told before what this client may not have: the remedy is another one.
        if (classes.FirstOrDefault(static c => !ClientLimits.Classes.Contains(c, StringComparer.Ordinal)) is { } unknown)
        {
            return new RefusedAnswer(
                ClientRefusalReason.Unsupported,
                $"this version of the agent has no class \"{unknown}\"; it has {string.Join(", ", ClientLimits.Classes)}");
        }

        return client is not null && classes.FirstOrDefault(c => !client.Definition.Classes.Contains(c, StringComparer.Ordinal)) is { } foreign
            ? new RefusedAnswer(
                ClientRefusalReason.NotPermitted,
                $"\"{client.Name}\" is not registered for class \"{foreign}\"; it is for {string.Join(", ", client.Definition.Classes)}")
            : null;
    }

    private RefusedAnswer? Add(ClientSession session)
    {
        lock (_lock)
        {
            if (_sessions.ContainsKey(session.Name))
            {
                return new RefusedAnswer(ClientRefusalReason.NameTaken, $"\"{session.Name}\" has a session already");
            }

            if (_sessions.Values.FirstOrDefault(s => s.Altitude == session.Altitude) is { } other)
            {
                return new RefusedAnswer(
                    ClientRefusalReason.AltitudeTaken,
                    string.Create(CultureInfo.InvariantCulture, $"\"{other.Name}\" has the altitude {session.Altitude}"));
            }

            _sessions.Add(session.Name, session);
            return null;
        }
    }

    private List<PartialEnforcement> PartlyOf(IReadOnlyList<string> classes) =>
        [.. partlyEnforced().Where(p => classes.Contains(p.Operation.Split('.')[0], StringComparer.Ordinal)).Select(static p => new PartialEnforcement
        {
            Operation = p.Operation,
            Right = p.Right,
            Reason = p.Reason,
            Kernel = p.Kernel,
        })];
}
