using System.Globalization;
using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests;

/// <summary>What a way of the attack program `memory` came to: its line.</summary>
internal sealed record MemoryAttempt(string Way, int Pid, string Answer)
{
    public bool Granted => string.Equals(Answer, "granted", StringComparison.Ordinal);

    public bool Unsupported => Answer.StartsWith("unsupported", StringComparison.Ordinal);

    /// <summary>Tries some ways, or all.</summary>
    public static Dictionary<string, MemoryAttempt> Try(string program, params string[] ways)
    {
        var outcome = InGuest.Run(program, ways);
        return outcome.Ran
            ? outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToDictionary(static a => a.Way, StringComparer.Ordinal)
            : throw new InvalidOperationException($"{program}: {outcome}");
    }

    public static MemoryAttempt Parse(string line)
    {
        var words = line.Split(' ', 3);
        return words.Length == 3
            ? new MemoryAttempt(words[0], int.Parse(words[1], CultureInfo.InvariantCulture), words[2])
            : throw new InvalidOperationException($"not an attempt: '{line}'");
    }
}
