using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Cli.Recorded;

/// <summary>Reads what <c>gatehouse events --json</c> printed.</summary>
internal static class EventFile
{
    /// <summary>A longer line is no record.</summary>
    private const int LongestLine = 1024 * 1024;

    /// <summary>Reads a file, or standard input for <c>-</c>.</summary>
    /// <exception cref="IOException">The file cannot be read; the message begins with its path.</exception>
    public static TextReader Open(string path, TextReader input)
    {
        if (string.Equals(path, "-", StringComparison.Ordinal))
        {
            return input;
        }

        try
        {
            return new StreamReader(File.OpenRead(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{path}: no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: permission denied", e);
        }
    }

    /// <summary>The records with their line numbers; for a line that is none, what is wrong with it.</summary>
    public static IEnumerable<(int Line, StreamRecord? Record, string? Problem)> Read(TextReader reader)
    {
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(number, line);
            }
        }
    }

    private static (int Line, StreamRecord? Record, string? Problem) Parse(int number, string line)
    {
        if (line.Length > LongestLine)
        {
            return (number, null, "longer than any record");
        }

        try
        {
            return (number, ControlClient.ParseEvent(line), null);
        }
        catch (ControlProtocolException e)
        {
            return (number, null, (e.InnerException ?? e).Message);
        }
    }
}
