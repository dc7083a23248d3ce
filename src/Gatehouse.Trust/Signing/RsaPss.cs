using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>Verifies RSA signatures with PSS padding, SHA-256 and a salt of any length (RFC 8017, 8.1.2 and 9.1.2).</summary>
/// <remarks>
/// .NET 10 verifies salts of 32 bytes only, and openssl makes the longest that fits. All numbers here are public, so that the time
/// that the arithmetic takes tells nobody anything.
/// </remarks>
internal static class RsaPss
{
    private const int HashLength = SHA256.HashSizeInBytes;

    public static bool Verifies(RSA key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        var numbers = key.ExportParameters(includePrivateParameters: false);
        var modulus = new BigInteger(numbers.Modulus, isUnsigned: true, isBigEndian: true);
        var number = new BigInteger(signature, isUnsigned: true, isBigEndian: true);
        if (signature.Length != numbers.Modulus!.Length || number >= modulus)
        {
            return false;
        }

        var bits = (int)modulus.GetBitLength() - 1;
        var encoded = new byte[(bits + 7) / 8];
        var message = BigInteger.ModPow(number, new BigInteger(numbers.Exponent, isUnsigned: true, isBigEndian: true), modulus)
            .ToByteArray(isUnsigned: true, isBigEndian: true);
        if (message.Length > encoded.Length)
        {
            return false;
        }

        message.CopyTo(encoded, encoded.Length - message.Length);
        return Fits(hash, encoded, (8 * encoded.Length) - bits);
    }

    private static bool Fits(ReadOnlySpan<byte> hash, byte[] encoded, int unusedBits)
    {
        if (encoded.Length < HashLength + 2 || encoded[^1] != 0xbc || encoded[0] >> (8 - unusedBits) != 0)
        {
            return false;
        }

        var block = encoded.AsSpan(0, encoded.Length - HashLength - 1);
        var expected = encoded.AsSpan(block.Length, HashLength);
        Unmask(block, expected);
        block[0] &= (byte)(0xff >> unusedBits);
        var one = block.IndexOfAnyExcept((byte)0);
        if (one < 0 || block[one] != 1)
        {
            return false;
        }

        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sum.AppendData(stackalloc byte[8]);
        sum.AppendData(hash);
        sum.AppendData(block[(one + 1)..]);
        return expected.SequenceEqual(sum.GetHashAndReset());
    }

    // MGF1 with SHA-256.
    private static void Unmask(Span<byte> block, ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[HashLength + 4];
        seed.CopyTo(input);
        for (var at = 0; at < block.Length; at += HashLength)
        {
            BinaryPrimitives.WriteInt32BigEndian(input[HashLength..], at / HashLength);
            var mask = SHA256.HashData(input);
            for (var i = 0; i < HashLength && at + i < block.Length; i++)
            {
                block[at + i] ^= mask[i];
            }
        }
    }
}
