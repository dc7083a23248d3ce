using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>128 random bits by which a ticket is known, so that it is used once.</summary>
/// <param name="Value">The bits.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TicketId(UInt128 Value)
{
    private const int Digits = 32;

    /// <summary>A new one, from the system's random numbers.</summary>
    public static TicketId New()
    {
        Span<byte> bytes = stackalloc byte[Digits / 2];
        RandomNumberGenerator.Fill(bytes);
        return new TicketId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Reads 32 lower-case hexadecimal digits and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TicketId id)
    {
        id = default;
        if (text.Length != Digits || text.ContainsAnyExcept(TicketWords.HexDigits))
        {
            return false;
        }

        id = new TicketId(UInt128.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
