using System.Runtime.InteropServices;
using System.Text;

namespace Gatehouse.Interop.Linux;

/// <summary>Network interfaces of this process's network namespace.</summary>
public static unsafe class NetworkInterface
{
    private const int InternetFamily = 2;
    private const int Datagram = 2;
    private const int CloseOnExec = 0x80000;
    private const nuint GetFlags = 0x8913;
    private const nuint SetFlags = 0x8914;
    private const ushort IsUp = 1;
    private const int NameBytes = 16;

    /// <summary>Takes an interface down: nothing goes in or out by it. Needs CAP_NET_ADMIN.</summary>
    /// <returns>0 or the errno.</returns>
    public static int TakeDown(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length is 0 or >= NameBytes)
            return Errno.Invalid;
        var socket = LibC.socket(InternetFamily, Datagram | CloseOnExec, 0);
        if (socket < 0)
            return Marshal.GetLastPInvokeError();
        try
        {
            // struct ifreq: the name, then a union of 24 bytes, here the flags.
            var request = stackalloc byte[NameBytes + 24];
            new Span<byte>(request, NameBytes + 24).Clear();
            bytes.CopyTo(new Span<byte>(request, NameBytes));
            if (LibC.ioctl(socket, GetFlags, request) != 0)
                return Marshal.GetLastPInvokeError();
            *(ushort*)(request + NameBytes) &= unchecked((ushort)~IsUp);
            return LibC.ioctl(socket, SetFlags, request) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        finally
        {
            _ = LibC.close(socket);
        }
    }
}
