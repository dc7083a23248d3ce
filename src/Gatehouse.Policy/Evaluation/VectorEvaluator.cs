using System.Numerics;

namespace Gatehouse.Policy;

/// <summary>Decides by the vectors of an image, word by word, as the kernel side does.</summary>
public static class VectorEvaluator
{
    /// <summary>The decision on one operation.</summary>
    /// <param name="image">The policies in force.</param>
    /// <param name="facts">What is known of the file.</param>
    /// <exception cref="ArgumentException">The hash is not 32 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such operation.</exception>
    public static PolicyVerdict Evaluate(PolicyImage image, ImageFacts facts)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(facts);
        var matches = Matches(image, facts);
        int? deny = null;
        int? allow = null;
        int? audited = null;
        foreach (var policy in image.Policies)
        {
            var deciding = FirstRow(policy, matches, image.Vector(image.EnforcedValue), inverted: false);
            var reported = FirstRow(policy, matches, image.Vector(image.EnforcedValue), inverted: true);
            if (audited is null && reported is { } r && (deciding is not { } d || r < d))
            {
                audited = image.Rows[r].RuleIndex;
            }

            if (deciding is { } row)
            {
                var allows = (image.Vector(image.AllowValue)[row / 64] >> (row % 64) & 1) != 0;
                allow ??= allows ? image.Rows[row].RuleIndex : null;
                deny ??= allows ? null : image.Rows[row].RuleIndex;
            }
        }

        return new PolicyVerdict(deny is null ? Outcome.Allow : Outcome.Deny, deny ?? allow, audited);
    }

    private static ulong[] Matches(PolicyImage image, ImageFacts facts)
    {
        var operation = image.Vector(image.Operations[facts.Operation].ValueId);
        var hash = image.Vector(HashValueId(image, facts.Sha256));
        var names = image.Vector(image.NoPathValue).ToArray();
        foreach (var name in facts.Names)
        {
            var vector = image.Vector(PathValueId(image, name));
            for (var w = 0; w < names.Length; w++)
            {
                names[w] |= vector[w];
            }
        }

        for (var w = 0; w < names.Length; w++)
        {
            names[w] &= operation[w] & hash[w];
        }

        return names;
    }

    private static int? FirstRow(
        CompiledPolicy policy, ulong[] matches, ReadOnlySpan<ulong> enforced, bool inverted)
    {
        for (var w = policy.FirstWord; w < policy.FirstWord + policy.WordCount; w++)
        {
            var word = matches[w] & (inverted ? ~enforced[w] : enforced[w]);
            if (word != 0)
            {
                return (w * 64) + BitOperations.TrailingZeroCount(word);
            }
        }

        return null;
    }

    private static int PathValueId(PolicyImage image, string name)
    {
        var (low, high) = (0, image.Paths.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (string.CompareOrdinal(image.Paths[middle].Path, name))
            {
                case 0:
                    return image.Paths[middle].ValueId;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return 0;
    }

    private static int HashValueId(PolicyImage image, byte[]? sha256)
    {
        if (sha256 is null)
        {
            return image.UnknownHashValue;
        }

        ImageFactsGuard.RequireSha256(sha256);
        var (low, high) = (0, image.Hashes.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (image.Hashes[middle].Sha256.AsSpan().SequenceCompareTo(sha256))
            {
                case 0:
                    return image.Hashes[middle].ValueId;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return image.NoHashValue;
    }
}
