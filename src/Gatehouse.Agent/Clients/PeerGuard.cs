using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Clients;

/// <summary>
/// Lets root and the agent's own user in, by what the kernel says about the peer; everybody else is cut off before a byte of
/// theirs is read. The socket's mode says the same, but a mode can be changed.
/// </summary>
internal sealed class PeerGuard(IReadOnlySet<uint> allowedUsers, ILogger<PeerGuard> logger)
{
    /// <summary>Root and the user that this process runs as.</summary>
    public static IReadOnlySet<uint> RootAndOwnUser() => new HashSet<uint> { 0, OwnUser() };

    public ConnectionDelegate Guard(ConnectionDelegate next) => connection => Permits(connection) ? next(connection) : Refuse(connection);

    private static uint OwnUser()
    {
        // "Uid:" real, effective, saved, file system.
        var line = File.ReadLines("/proc/self/status").First(static l => l.StartsWith("Uid:", StringComparison.Ordinal));
        return uint.Parse(line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[2], CultureInfo.InvariantCulture);
    }

    private static Task Refuse(ConnectionContext connection)
    {
        connection.Abort(new ConnectionAbortedException("peer not permitted"));
        return Task.CompletedTask;
    }

    private bool Permits(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return false;
        }

        try
        {
            var peer = PeerCredentials.Read(socket);
            if (allowedUsers.Contains(peer.Uid))
            {
                return true;
            }

            logger.LogWarning("User {Uid} (process {Pid}) was refused at the control socket.", peer.Uid, peer.Pid);
        }
        catch (SocketException e)
        {
            logger.LogWarning(e, "A peer without credentials was refused at the control socket.");
        }

        return false;
    }
}
