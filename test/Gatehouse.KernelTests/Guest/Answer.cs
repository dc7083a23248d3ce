namespace Gatehouse.KernelTests.Guest;

/// <summary>What an attempt came to, as the attack programs say it: "granted", "refused ERRNO", "killed", "unsupported".</summary>
internal sealed record Answer(string Word, string Detail)
{
    public bool Granted => Is("granted");

    public bool Refused => Is("refused");

    public bool Killed => Is("killed");

    public bool Unsupported => Is("unsupported");

    /// <summary>Runs a program whose output ends with its answer. Anything else than an answer is a broken test.</summary>
    public static Answer Of(string program, params string[] arguments)
    {
        var outcome = InGuest.Run(program, arguments);
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Parse(lines.Length > 0 ? lines[^1] : "", $"{program} {string.Join(' ', arguments)}: {outcome}");
    }

    public static Answer Parse(string line, string context)
    {
        var words = line.Trim().Split(' ', 2);
        var answer = new Answer(words[0].TrimEnd(':'), words.Length > 1 ? words[1] : "");
        return answer.Granted || answer.Refused || answer.Killed || answer.Unsupported
            ? answer
            : throw new InvalidOperationException($"not an answer: '{line}' ({context})");
    }

    public override string ToString() => $"{Word} {Detail}".Trim();

    private bool Is(string word) => string.Equals(Word, word, StringComparison.Ordinal);
}
