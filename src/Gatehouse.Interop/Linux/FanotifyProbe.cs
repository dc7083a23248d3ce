using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Whether fanotify can ask for permission here. Sets no mark, so nothing waits for an answer.</summary>
public static class FanotifyProbe
{
    /// <summary>0, or the errno of fanotify_init(FAN_CLASS_CONTENT): ENOSYS or EINVAL: not built in; EPERM: not allowed.</summary>
    public static int TryContentClass()
    {
        var descriptor = LibC.fanotify_init(LibC.FanotifyClassContent | 1 /* FAN_CLOEXEC */, 0);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError();
        _ = LibC.close(descriptor);
        return 0;
    }
}
