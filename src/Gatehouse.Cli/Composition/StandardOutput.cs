using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Cli.Composition;

/// <summary>Standard output that notices when its reader goes away.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <remarks>
    /// .NET's console stream swallows EPIPE, so that <c>gatehouse events --follow | head -1</c> would follow for ever. A file
    /// stream throws, but writes a regular file at offsets of its own and so overwrites what others write there: it is used
    /// for pipes and sockets only.
    /// </remarks>
    public static TextWriter Open()
    {
        var target = new FileInfo($"/proc/self/fd/{Descriptor}").LinkTarget ?? "";
        var isPipe = target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith("socket:", StringComparison.Ordinal);
        Stream stream = isPipe
            ? new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 1)
            : Console.OpenStandardOutput();
        return new StreamWriter(stream) { AutoFlush = true };
    }
}
