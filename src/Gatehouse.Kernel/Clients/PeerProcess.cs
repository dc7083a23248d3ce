using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Kernel.Clients;

/// <summary>The process that made a connection to a Unix socket, as the kernel noted it then; told apart from a later one of its number.</summary>
/// <remarks>
/// By SO_PEERPIDFD (Linux 6.5) it is the very process that connected. Older kernels give its number only (SO_PEERCRED): a process that has
/// ended, and whose number was given away before this is asked, is then taken for the one that has it now; see <see cref="IsExact"/>.
/// </remarks>
public sealed class PeerProcess : IDisposable
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerPidfd = 77;

    private readonly SafeFileHandle? _handle;

    private PeerProcess(int id, uint uid, SafeFileHandle? handle, bool isExact)
    {
        Id = id;
        Uid = uid;
        _handle = handle;
        IsExact = isExact;
    }

    /// <summary>Its number in our pid namespace; 0 if it has none there.</summary>
    public int Id { get; }

    /// <summary>Its effective user when it connected.</summary>
    public uint Uid { get; }

    /// <summary>Whether it is known by more than its number: the kernel is 6.5 or newer.</summary>
    public bool IsExact { get; }

    /// <summary>Whether it runs. False once it has ended, for ever.</summary>
    public bool IsAlive => _handle is not null && !ProcessHandle.HasEnded(_handle);

    /// <summary>The process at the other end.</summary>
    /// <exception cref="SocketException">getsockopt(SO_PEERCRED) failed: the socket is closed, or no Unix socket.</exception>
    public static PeerProcess Of(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);

        // struct ucred: pid, uid, gid, 32 bits each.
        Span<uint> credentials = stackalloc uint[3];
        if (socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials)) != 12)
            throw new SocketException((int)SocketError.InvalidArgument);
        var id = (int)credentials[0];
        var exact = TryGetDescriptor(socket);
        return new PeerProcess(id, credentials[1], exact ?? (id > 0 ? ProcessHandle.TryOpen(id) : null), exact is not null);
    }

    /// <summary>The file that it executes at this moment, by inode and not by a path.</summary>
    /// <exception cref="IOException">It has ended, or its file cannot be read.</exception>
    public OpenedFile OpenExecutable()
    {
        if (Id <= 0)
            throw new IOException("the process is of a pid namespace that the agent does not see");
        var file = OpenedFile.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/exe"));

        // Asked afterwards: while it lives nobody else has had its number, so it was its file.
        if (IsAlive)
            return file;
        file.Dispose();
        throw new IOException("the process has ended");
    }

    /// <inheritdoc />
    public void Dispose() => _handle?.Dispose();

    private static SafeFileHandle? TryGetDescriptor(Socket socket)
    {
        try
        {
            Span<int> descriptor = stackalloc int[1];
            return socket.GetRawSocketOption(SolSocket, SoPeerPidfd, MemoryMarshal.AsBytes(descriptor)) == sizeof(int)
                ? new SafeFileHandle(descriptor[0], ownsHandle: true)
                : null;
        }
        catch (SocketException)
        {
            // ENOPROTOOPT before 6.5, ESRCH or EINVAL if it has ended: its number is all there is.
            return null;
        }
    }
}
