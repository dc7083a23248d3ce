using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gatehouse.Trust;

/// <summary>32 bytes, compared as a value.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TrustDigest : IComparable<TrustDigest>
{
    /// <summary>Bytes of a digest.</summary>
    public const int Length = 32;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    /// <summary>Takes 32 bytes.</summary>
    /// <exception cref="ArgumentException">They are not 32.</exception>
    public TrustDigest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"a digest has {Length} bytes, not {bytes.Length}", nameof(bytes));
        }

        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Reads 64 lower-case hexadecimal digits and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TrustDigest digest)
    {
        digest = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length != Length * 2 || text.ContainsAnyInRange('A', 'F')
            || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        digest = new TrustDigest(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _first);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], _fourth);
    }

    /// <inheritdoc />
    public int CompareTo(TrustDigest other)
    {
        var order = _first.CompareTo(other._first);
        order = order != 0 ? order : _second.CompareTo(other._second);
        order = order != 0 ? order : _third.CompareTo(other._third);
        return order != 0 ? order : _fourth.CompareTo(other._fourth);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>By their bytes.</summary>
    public static bool operator <(TrustDigest left, TrustDigest right) => left.CompareTo(right) < 0;

    /// <summary>By their bytes.</summary>
    public static bool operator >(TrustDigest left, TrustDigest right) => left.CompareTo(right) > 0;

    /// <summary>By their bytes.</summary>
    public static bool operator <=(TrustDigest left, TrustDigest right) => left.CompareTo(right) <= 0;

    /// <summary>By their bytes.</summary>
    public static bool operator >=(TrustDigest left, TrustDigest right) => left.CompareTo(right) >= 0;
}
