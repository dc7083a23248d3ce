using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Exchanges the program that this process executes.</summary>
public static class ProcessImage
{
    /// <summary>Executes a program in this process, under the same process id. Returns only if that failed.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments, the name it is called by first.</param>
    /// <param name="environment">Its whole environment, each <c>NAME=VALUE</c>.</param>
    /// <returns>The errno of execve.</returns>
    public static unsafe int Replace(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        var argumentTexts = Texts(arguments);
        var environmentTexts = Texts(environment);
        try
        {
            fixed (nint* first = argumentTexts, second = environmentTexts)
                return LibC.execve(program, (byte**)first, (byte**)second) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        finally
        {
            Array.ForEach(argumentTexts, Marshal.FreeCoTaskMem);
            Array.ForEach(environmentTexts, Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>
    /// Takes all capabilities but some from whatever this thread executes next, for ever, and keeps set-user-id programs from giving more.
    /// </summary>
    /// <param name="kept">Numbers of <c>linux/capability.h</c>.</param>
    /// <returns>0 or the first errno of prctl(2).</returns>
    public static int KeepOnly(IReadOnlySet<int> kept)
    {
        // The kernel says EINVAL, so -1, for the first that it does not know. What a service manager has taken is not taken again: who may take any
        // (CAP_SETPCAP) is among that.
        for (var capability = 0; LibC.prctl(LibC.PrctlReadBoundingSet, (nuint)capability, 0, 0, 0) is var has and >= 0; capability++)
        {
            if (has > 0 && !kept.Contains(capability) && LibC.prctl(LibC.PrctlDropFromBoundingSet, (nuint)capability, 0, 0, 0) != 0)
                return Marshal.GetLastPInvokeError();
        }
        return LibC.prctl(LibC.PrctlSetNoNewPrivileges, 1, 0, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>No core dump, and files of /proc/PID for root only. Ends with the next execution. Returns 0 or the errno.</summary>
    public static int HideMemory() => LibC.prctl(LibC.PrctlSetDumpable, 0, 0, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>With the null that ends the list.</summary>
    private static nint[] Texts(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];
}
