using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Linux;

/// <summary>
/// A copy of the mount that a folder lies on, seen from the folder and without what is mounted below it: shows the directory that a
/// mount point hides. Nobody else sees the copy; disposing it ends it. Linux 5.2, <c>open_tree(2)</c>.
/// </summary>
public sealed class MountCopy : IDisposable
{
    private readonly SafeFileHandle _tree;

    private MountCopy(SafeFileHandle tree) => _tree = tree;

    /// <summary>Copies the mount of a folder.</summary>
    /// <exception cref="InteropException">ENOENT, EPERM: no CAP_SYS_ADMIN; EINVAL: the mount may not be copied.</exception>
    public static MountCopy Of(string folder)
    {
        var descriptor = LibC.open_tree(
            LibC.OpenTreeNumber, LibC.CurrentDirectory, folder, LibC.OpenTreeClone | LibC.OpenCloseOnExec);
        return descriptor >= 0
            ? new MountCopy(new SafeFileHandle((nint)descriptor, ownsHandle: true))
            : throw new InteropException($"open_tree({folder})", Marshal.GetLastPInvokeError());
    }

    /// <summary>A path by which this process reaches an entry of the folder in the copy.</summary>
    public string PathOf(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)_tree.DangerousGetHandle()}/{name}");

    /// <inheritdoc />
    public void Dispose() => _tree.Dispose();
}
