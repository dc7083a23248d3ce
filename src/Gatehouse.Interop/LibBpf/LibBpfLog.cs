using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Gatehouse.Interop.LibBpf;

/// <summary>
/// Keeps what libbpf prints while a call runs, the verifier's log included, so that a failure can show it. libbpf has one
/// print function a process; ours collects per thread and prints nothing.
/// </summary>
public static unsafe class LibBpfLog
{
    private const int LevelDebug = 2;
    private const int MaximumCharacters = 4 * 1024 * 1024;

    [ThreadStatic]
    private static StringBuilder? t_text;

    /// <summary>Starts collecting on this thread.</summary>
    internal static void Begin()
    {
        t_text = new StringBuilder();
        LibBpf.libbpf_set_print(&Print);
    }

    /// <summary>What was collected since <see cref="Begin"/>.</summary>
    internal static string End()
    {
        var text = t_text?.ToString() ?? "";
        t_text = null;
        return text;
    }

    /// <summary>The lines of a log that say why: the last ones before the verifier's summary.</summary>
    /// <param name="log">A whole log.</param>
    /// <param name="lineCount">How many lines to keep.</param>
    public static string Essence(string log, int lineCount = 12)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static l => !l.StartsWith("processed ", StringComparison.Ordinal)).ToArray();
        return string.Join('\n', lines.TakeLast(lineCount));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, void* arguments)
    {
        var text = t_text;
        if (level >= LevelDebug || text is null || text.Length > MaximumCharacters)
            return 0;
        // The verifier's log comes as one message; a va_list can be read once, so the buffer is as large as we keep.
        var buffer = (byte*)NativeMemory.Alloc(MaximumCharacters);
        try
        {
            var length = LibBpf.vsnprintf(buffer, MaximumCharacters, format, arguments);
            if (length > 0)
                text.Append(Encoding.UTF8.GetString(buffer, Math.Min(length, MaximumCharacters - 1)));
            return Math.Max(length, 0);
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }
}
