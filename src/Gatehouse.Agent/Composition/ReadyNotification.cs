using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Agent.Composition;

/// <summary>Tells systemd that the agent is ready, lives, or stops (sd_notify's protocol: a datagram to $NOTIFY_SOCKET).</summary>
internal static class ReadyNotification
{
    public static void Ready() => Send("READY=1\nSTATUS=enforcing, every canary denial happened");

    public static void Stopping() => Send("STOPPING=1");

    /// <summary>For the unit's WatchdogSec: the agent makes its rounds.</summary>
    public static void Alive() => Send("WATCHDOG=1");

    private static void Send(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
        {
            return;
        }

        // A leading @ stands for the abstract name space, which the kernel writes as a NUL.
        var endPoint = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), endPoint);
        }
        catch (SocketException)
        {
            // The service manager times out and says so; the agent's work does not depend on it.
        }
    }
}
