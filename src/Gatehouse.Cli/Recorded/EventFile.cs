using System.Text;
using System.Text.Json;
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
            // Opening a directory is answered in the same way.
            throw new IOException(Directory.Exists(path) ? $"{path}: this is a directory" : $"{path}: permission denied", e);
        }
        catch (IOException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The records with their line numbers; for a line that is none, what is wrong with it.</summary>
    public static IEnumerable<(int Line, StreamRecord? Record, string? Problem)> Read(TextReader reader)
    {
        var number = 0;
        while (ReadLine(reader) is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(number, line);
            }
        }
    }

    /// <summary>The next line, of one that is too long its beginning: a file without line ends need not fit into memory.</summary>
    private static string? ReadLine(TextReader reader)
    {
        var line = new StringBuilder();
        int next;
        while ((next = reader.Read()) is not (-1 or '\n'))
        {
            if (line.Length <= LongestLine)
            {
                line.Append((char)next);
            }
        }

        return next < 0 && line.Length == 0 ? null : line.ToString();
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
            return (number, null, Describe(e));
        }
    }

    /// <summary>Without the names of our types and of places in one line.</summary>
    private static string Describe(ControlProtocolException problem)
    {
        const string Missing = "including: ";
        return problem.InnerException is not JsonException json ? problem.Message
            : json.Message.IndexOf(Missing, StringComparison.Ordinal) is >= 0 and var at
                ? "no event: it lacks " + json.Message[(at + Missing.Length)..].TrimEnd('.')
                : "no event: a line of `gatehouse events --json` is a JSON object";
    }
}
