using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Makes a page of memory executable in a way that nobody else does, and gives it back.</summary>
public static class MemoryTrial
{
    private const nuint PageBytes = 4096;

    /// <summary>Flags that have no effect on memory without a file; mmap(2) ignores them.</summary>
    private const int Marks = LibC.MapDenyWrite | LibC.MapExecutable | LibC.MapNonBlock;

    private static readonly int[] s_advice =
        [LibC.AdviseRandom, LibC.AdviseDontFork, LibC.AdviseWipeOnFork, LibC.AdviseDontDump];

    /// <summary>Maps a page for reading and executing. Returns 0 or the errno of mmap(2).</summary>
    public static int Map()
    {
        const int Flags = LibC.MapPrivate | LibC.MapAnonymous | Marks;
        var address = LibC.mmap(0, PageBytes, LibC.ProtectionRead | LibC.ProtectionExecute, Flags, -1, 0);
        if (address == -1)
            return Marshal.GetLastPInvokeError();
        _ = LibC.munmap(address, PageBytes);
        return 0;
    }

    /// <summary>Makes an unwritten page executable. Returns 0 or the errno of mprotect(2).</summary>
    /// <exception cref="InteropException">The page could not be had, or advice was refused.</exception>
    public static int Protect()
    {
        var address = LibC.mmap(0, PageBytes, LibC.ProtectionRead, LibC.MapPrivate | LibC.MapAnonymous, -1, 0);
        if (address == -1)
            throw new InteropException("mmap(PROT_READ)", Marshal.GetLastPInvokeError());
        try
        {
            foreach (var advice in s_advice)
            {
                if (LibC.madvise(address, PageBytes, advice) != 0)
                    throw new InteropException("madvise", Marshal.GetLastPInvokeError());
            }

            return LibC.mprotect(address, PageBytes, LibC.ProtectionRead | LibC.ProtectionExecute) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        finally
        {
            _ = LibC.munmap(address, PageBytes);
        }
    }
}
