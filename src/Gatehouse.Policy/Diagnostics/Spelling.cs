namespace Gatehouse.Policy;

/// <summary>"Did you mean": the nearest of the known words, if it is near enough to be a slip.</summary>
internal static class Spelling
{
    /// <summary>
    /// Longer inputs are no slips of anything we know, and comparing them would cost their length squared.
    /// </summary>
    private const int LongestInput = 64;

    public static string? DidYouMean(string word, IEnumerable<string> known)
    {
        var nearest = Nearest(word, known);
        return nearest is null ? null : $"did you mean `{nearest}`?";
    }

    /// <summary>As <see cref="DidYouMean"/>, and else the list of what would be right.</summary>
    public static string DidYouMeanOrOneOf(string word, IReadOnlyCollection<string> known) =>
        DidYouMean(word, known) ?? OneOf(known);

    public static string OneOf(IEnumerable<string> known) => $"write one of: {string.Join(", ", known)}";

    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > LongestInput)
        {
            return null;
        }

        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in known)
        {
            var distance = Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        // One slip in three letters: "alow" is allow, "mode" is not "on".
        return best is not null && bestDistance <= Math.Max(1, Math.Max(word.Length, best.Length) / 3) ? best : null;
    }

    /// <summary>Edit distance in which exchanging two neighbours counts once (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        if (b.Length > LongestInput)
        {
            return int.MaxValue;
        }

        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
