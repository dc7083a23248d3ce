using System.Globalization;

namespace Gatehouse.Kernel.Loading;

/// <summary>The namespace of the first process, by which the kernel side tells containers from the host.</summary>
internal static class HostNamespace
{
    private const string Link = "/proc/1/ns/mnt";

    /// <summary>Inode number of the first process's mount namespace.</summary>
    /// <exception cref="KernelGateException">It cannot be read; then every process would seem to be in a container.</exception>
    public static ulong MountInode
    {
        get
        {
            try
            {
                // "mnt:[4026531841]"
                var target = new FileInfo(Link).LinkTarget;
                if (target is not null
                    && ulong.TryParse(target.AsSpan().TrimStart("mnt:[").TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
                {
                    return inode;
                }
                throw new KernelGateException(GateFailure.OperationFailed, $"{Link} is {target ?? "not a link"}: mount /proc");
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new KernelGateException(GateFailure.OperationFailed, $"{Link}: {failure.Message}", null, failure);
            }
        }
    }
}
