using System.Buffers;

namespace Gatehouse.Policy;

/// <summary>Checks that both evaluators make.</summary>
internal static class FactsGuard
{
    /// <summary>Bytes of a text that are looked at.</summary>
    public const int MaxTextBytes = 255;

    private const int HashDigits = 64;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <exception cref="ArgumentException">A hash is not 64 lower-case hexadecimal digits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such operation.</exception>
    public static void Require(OperationFacts facts)
    {
        if (!OperationTable.All.Contains(facts.Operation))
        {
            throw new ArgumentOutOfRangeException(nameof(facts), facts.Operation, "There is no such operation.");
        }

        if (facts.Image.VerityDigest is { } digest && !IsHash(digest))
        {
            throw new ArgumentException($"An fs-verity digest has {HashDigits} lower-case hexadecimal digits: \"{digest}\".", nameof(facts));
        }

        IEnumerable<ProgramFacts> programs = [facts.Process, facts.Target, facts.Image, .. facts.Process.Ancestors];
        foreach (var program in programs)
        {
            if (program.Sha256 is { } hash && !IsHash(hash))
            {
                throw new ArgumentException($"A SHA-256 has {HashDigits} lower-case hexadecimal digits: \"{hash}\".", nameof(facts));
            }
        }
    }

    private static bool IsHash(string text) => text.Length == HashDigits && !text.AsSpan().ContainsAnyExcept(s_digits);
}
