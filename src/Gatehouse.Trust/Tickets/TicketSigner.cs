using System.Numerics;
using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>Signs tickets, where the owner's private key is. Needs no agent and no kernel.</summary>
public static class TicketSigner
{
    // The order of P-256's group (FIPS 186-4, D.1.2.3).
    private static readonly BigInteger s_order = new(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);

    /// <summary>Signs a ticket.</summary>
    /// <param name="ticket">The ticket; its <see cref="Ticket.Key"/> is the fingerprint of <paramref name="key"/>.</param>
    /// <param name="key">The owner's private key, on P-256.</param>
    /// <returns>Its text, as <see cref="TicketReader"/> reads it.</returns>
    /// <exception cref="ArgumentException">The ticket cannot be written (see <see cref="Ticket.FindProblem"/>), or names another key.</exception>
    /// <exception cref="CryptographicException">The key cannot sign.</exception>
    public static string Sign(Ticket ticket, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(key);
        if (ticket.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(ticket));
        }

        if (!OwnerKey.IsP256(key) || ticket.Key != OwnerKey.FingerprintOf(key))
        {
            throw new ArgumentException("the ticket names another key than the one that is to sign it", nameof(key));
        }

        var body = TicketText.WriteBody(ticket);
        var signature = key.SignData(TicketText.SignedBytes(body), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        Lower(signature);
        return TicketText.Armour(body, signature);
    }

    /// <summary>Whether s is in the lower half. Of the two that verify, only this one is a ticket's.</summary>
    internal static bool IsLow(ReadOnlySpan<byte> signature) => S(signature) <= s_order / 2;

    private static BigInteger S(ReadOnlySpan<byte> signature) => new(signature[(signature.Length / 2)..], isUnsigned: true, isBigEndian: true);

    // A signature is public: the time that this takes tells nobody anything.
    private static void Lower(Span<byte> signature)
    {
        if (IsLow(signature))
        {
            return;
        }

        var half = signature[(signature.Length / 2)..];
        var low = (s_order - S(signature)).ToByteArray(isUnsigned: true, isBigEndian: true);
        half.Clear();
        low.CopyTo(half[(half.Length - low.Length)..]);
    }
}
