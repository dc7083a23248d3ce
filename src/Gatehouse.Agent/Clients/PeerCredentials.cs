using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Agent.Clients;

/// <summary>Who connected, as the kernel noted it when the connection was made.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <exception cref="SocketException">getsockopt(SO_PEERCRED) failed.</exception>
    public static PeerCredentials Read(Socket socket)
    {
        // struct ucred: pid, uid, gid, 32 bits each.
        Span<uint> ucred = stackalloc uint[3];
        var length = socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(ucred));
        return length == 12
            ? new PeerCredentials((int)ucred[0], ucred[1], ucred[2])
            : throw new SocketException((int)SocketError.InvalidArgument);
    }
}
