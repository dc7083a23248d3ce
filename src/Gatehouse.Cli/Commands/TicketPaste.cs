using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary>Finds the ticket in what was pasted: a mail around it, blanks at line ends and another system's line ends do no harm.</summary>
/// <remarks>The agent accepts one form of a ticket only; this is where others are brought into it.</remarks>
internal static class TicketPaste
{
    private const int Longest = 64 * 1024;

    /// <summary>The argument that names a file, or with <c>-</c> standard input.</summary>
    public static Argument<string> Argument()
    {
        var file = new Argument<string>("FILE") { Description = "The ticket; - reads standard input." };
        file.Validators.Add(static r => PolicySources.RefuseOptions(r, r.Tokens.Select(static t => t.Value)));
        return file;
    }

    /// <exception cref="IOException">It cannot be read, or there is not one ticket in it; the message says what.</exception>
    public static string Read(CliContext context, string file)
    {
        string text;
        try
        {
            using var reader = file is "-" ? context.Environment.Input : new StreamReader(file);
            var buffer = new char[Longest + 1];
            var length = reader.ReadBlock(buffer);
            text = length <= Longest ? new string(buffer, 0, length) : throw new IOException($"{file} is longer than a ticket: {Longest} characters");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        return Find(text) ?? throw new IOException(
            $"{(file is "-" ? "standard input" : file)} has not one ticket in it, from \"{TicketReader.FirstLine}\" to \"{TicketReader.LastLine}\"");
    }

    /// <summary>The one ticket in a text, in the form that is accepted; null if there is none, or another one.</summary>
    public static string? Find(string text)
    {
        var lines = text.Split('\n').Select(static l => l.Trim()).ToList();
        var first = lines.IndexOf(TicketReader.FirstLine);
        var last = lines.IndexOf(TicketReader.LastLine);
        return first >= 0 && first < last && lines.LastIndexOf(TicketReader.FirstLine) == first && lines.LastIndexOf(TicketReader.LastLine) == last
            ? string.Concat(lines[first..(last + 1)].Select(static l => l + "\n"))
            : null;
    }
}
