using System.Net.Sockets;
using Gatehouse.Agent.Control;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Clients;

/// <summary>
/// The place of the client socket, beside the control socket. Root's alone, unless a client is registered for another user: then everybody may
/// knock, and who is nobody's user is cut off before a byte of his is read.
/// </summary>
internal sealed class ClientSocket(string path, ClientRegistry registry, IReadOnlySet<uint> privileged, ILogger<ClientSocket> logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode Passage = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const int Backlog = 512;

    public string SocketPath => path;

    /// <exception cref="ControlSocketException">Something else stands there, or it cannot be bound.</exception>
    public Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            ControlSocket.RemoveStale(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, OwnerOnly);
            Adapt();
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new ControlSocketException($"{path}: {e.Message}", isTaken: false, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens or closes the way for other users than root, by who is registered now.</summary>
    public void Adapt()
    {
        try
        {
            var others = registry.Read().Clients.Values.Any(c => !privileged.Contains(c.Uid));
            var mode = others ? Everybody : OwnerOnly;
            if (!File.Exists(path) || File.GetUnixFileMode(path) == mode)
            {
                return;
            }

            var folder = Path.GetDirectoryName(path)!;
            if (others)
            {
                // To pass and not to list; the control socket in it stays root's by its own mode, and by the peer check.
                File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | Passage);
            }

            File.SetUnixFileMode(path, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Closed: they cannot connect.
            logger.LogError(e, "The client socket cannot be opened for the users of registered clients.");
        }
    }
}
