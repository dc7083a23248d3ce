using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Makes a rename outlive a power cut, which .NET cannot: it opens no directories.</summary>
public static class DirectoryFlush
{
    /// <summary>fsync(2) of a directory.</summary>
    /// <exception cref="InteropException">open or fsync failed.</exception>
    public static void Flush(string path)
    {
        var descriptor = LibC.open(path, LibC.OpenReadOnly | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            throw new InteropException($"open({path})", Marshal.GetLastPInvokeError());
        try
        {
            if (LibC.fsync(descriptor) < 0)
                throw new InteropException($"fsync({path})", Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = LibC.close(descriptor);
        }
    }
}
