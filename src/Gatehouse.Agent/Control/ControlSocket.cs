using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Agent.Control;

/// <summary>
/// The place of the control socket: a directory for its owner only, a lock that one agent holds, and no stale socket.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int Enxio = 6;

    private readonly FileStream _lock;

    private ControlSocket(string path, FileStream @lock)
    {
        SocketPath = path;
        _lock = @lock;
    }

    public string SocketPath { get; }

    /// <summary>Makes the place ready for <see cref="Bind"/>.</summary>
    /// <exception cref="ControlSocketException">Another agent has it, or it is not safe to use.</exception>
    public static ControlSocket Claim(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            PrepareDirectory(Path.GetDirectoryName(full)!);
            var @lock = Lock(full + ".lock");
            try
            {
                RemoveStale(full);
                return new ControlSocket(full, @lock);
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlSocketException($"{full}: {e.Message}", isTaken: false, e);
        }
    }

    /// <summary>Binds for the server. Nobody can connect before the mode is set: the server listens only afterwards.</summary>
    public static Socket Bind(EndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            File.SetUnixFileMode(endPoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void PrepareDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory, OwnerOnly);
        }

        // An existing directory is not changed: it may be somebody else's (--socket /tmp/x.sock).
        var mode = File.GetUnixFileMode(directory);
        if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
        {
            throw new ControlSocketException(
                $"{directory} can be written by others; use a directory of mode 0700 for the control socket", isTaken: false);
        }

        if (mode != OwnerOnly && string.Equals(Path.GetFileName(directory), "gatehouse", StringComparison.Ordinal))
        {
            File.SetUnixFileMode(directory, OwnerOnly);
        }
    }

    // FileShare.None is flock(2): it ends with the process, however that ends.
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e)
        {
            throw new ControlSocketException($"another agent holds {path}", isTaken: true, e);
        }
    }

    /// <summary>Removes a socket that nobody answers at; refuses everything else that stands there.</summary>
    /// <exception cref="ControlSocketException">Something else stands there, or somebody answers.</exception>
    public static void RemoveStale(string path)
    {
        if (new FileInfo(path).LinkTarget is not null || Directory.Exists(path))
        {
            throw new ControlSocketException($"{path} is in the way and is not a socket; it was not removed", isTaken: false);
        }

        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            // open(2) fails with ENXIO for a socket and for nothing else when opened for both directions.
            using (File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
            }
        }
        catch (IOException e) when (e.HResult == Enxio)
        {
            RefuseIfAnswered(path);
            File.Delete(path);
            return;
        }

        throw new ControlSocketException($"{path} is in the way and is not a socket; it was not removed", isTaken: false);
    }

    private static void RefuseIfAnswered(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return;
        }

        throw new ControlSocketException($"another program answers at {path}", isTaken: true);
    }
}

/// <summary>The control socket cannot be made.</summary>
internal sealed class ControlSocketException(string message, bool isTaken, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether another agent has it.</summary>
    public bool IsTaken => isTaken;
}
