using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>Writes the fields of an event one after the other. What finds no room is not written, and <see cref="Fits"/> says so.</summary>
internal ref struct WireWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    /// <summary>Whether all of it found room.</summary>
    public bool Fits { get; private set; } = true;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    public void Skip(int bytes)
    {
        if (Take(bytes))
        {
            _room.Slice(Length - bytes, bytes).Clear();
        }
    }

    public void Byte(byte value)
    {
        if (Take(1))
        {
            _room[Length - 1] = value;
        }
    }

    public void UInt32(uint value)
    {
        if (Take(sizeof(uint)))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_room[(Length - sizeof(uint))..], value);
        }
    }

    public void Int32(int value) => UInt32((uint)value);

    public void UInt64(ulong value)
    {
        if (Take(sizeof(ulong)))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_room[(Length - sizeof(ulong))..], value);
        }
    }

    public void Int64(long value) => UInt64((ulong)value);

    public void Optional(uint? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        UInt32(value ?? 0);
    }

    public void Optional(bool? value) => Byte(value switch { null => 2, true => 1, false => 0 });

    /// <summary>Length in bytes (−1: none) and UTF-8; half a surrogate pair becomes U+FFFD.</summary>
    public (int Start, int Length) Text(string? value)
    {
        if (value is null)
        {
            Int32(-1);
            return (0, -1);
        }

        var start = Length + sizeof(int);
        Int32(0);
        if (!Fits || Utf8.FromUtf16(value, _room[Length..], out _, out var written) != OperationStatus.Done)
        {
            Fits = false;
            return (0, -1);
        }

        Length += written;
        BinaryPrimitives.WriteInt32LittleEndian(_room[(start - sizeof(int))..], written);
        return (start, written);
    }

    public void Texts(IReadOnlyList<string>? values)
    {
        Int32(values?.Count ?? -1);
        for (var i = 0; i < (values?.Count ?? 0); i++)
        {
            Text(values![i]);
        }
    }

    public void Align(int to) => Skip((to - (Length % to)) % to);

    private bool Take(int bytes)
    {
        if (!Fits || bytes > _room.Length - Length)
        {
            Fits = false;
            return false;
        }

        Length += bytes;
        return true;
    }
}
