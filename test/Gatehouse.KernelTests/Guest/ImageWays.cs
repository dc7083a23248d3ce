using Shouldly;

namespace Gatehouse.KernelTests.Guest;

/// <summary>What each way of an image_… attack program came to: "granted", "refused", "unsupported".</summary>
internal sealed class ImageWays
{
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);
    private readonly Outcome _outcome;

    private ImageWays(Outcome outcome, Dictionary<string, string> answers)
    {
        _outcome = outcome;
        _answers = answers;
    }

    private ImageWays(Outcome outcome)
    {
        _outcome = outcome;
        foreach (var line in outcome.Output.Split('\n'))
        {
            var words = line.Split(' ', 2);
            if (words.Length == 2 && words[1] is "granted" or "refused" or "unsupported" or "broken" or "killed")
                _answers.Add(words[0], words[1]);
        }
        _answers.ShouldNotBeEmpty(outcome.ToString());
    }

    /// <summary>Tries some ways, or all.</summary>
    public static ImageWays Try(string program, string path, params string[] ways) => Try([InGuest.Attack(program), path, .. ways]);

    public static ImageWays Try(IReadOnlyList<string> command) => new(InGuest.Run(command[0], command.Skip(1).ToArray()));

    /// <summary>Ways that this kernel, or this place, has.</summary>
    public IEnumerable<string> Supported => _answers.Where(static a => !Is(a.Value, "unsupported")).Select(static a => a.Key);

    /// <summary>As if only these had been tried.</summary>
    public ImageWays Only(params string[] ways) => new(
        _outcome, _answers.Where(a => ways.Contains(a.Key, StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal));

    public string[] SupportedBut(params string[] ways) => [.. Supported.Where(w => !ways.Contains(w, StringComparer.Ordinal))];

    /// <summary>All are granted that there are.</summary>
    public ImageWays ShouldBeGranted(string situation)
    {
        Supported.ShouldNotBeEmpty($"{situation}: {_outcome}");
        Supported.Where(way => !Is(_answers[way], "granted")).ShouldBeEmpty($"{situation}: {_outcome}");
        return this;
    }

    /// <summary>All are refused that were granted before, but for these, which are granted.</summary>
    public void ShouldBeRefused(ImageWays before, string situation, params string[] exceptions) =>
        NotRefused(before, exceptions).ShouldBeEmpty($"{situation}: {_outcome}");

    /// <summary>Those of the ways that were granted before of which that is not so.</summary>
    public IEnumerable<string> NotRefused(ImageWays before, params string[] exceptions) => before.Supported
        .Where(way => !Is(_answers.GetValueOrDefault(way, "absent"), exceptions.Contains(way, StringComparer.Ordinal) ? "granted" : "refused"));

    private static bool Is(string answer, string word) => string.Equals(answer, word, StringComparison.Ordinal);
}
