using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>Reads the fields of an event one after the other.</summary>
/// <remarks>Whatever the bytes are, it ends in values or in <see cref="InvalidDataException"/>, and reserves no more than they are long.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public byte Byte() => Take(1)[0];

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public int Int32() => (int)UInt32();

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public long Int64() => (long)UInt64();

    public uint? OptionalUInt32()
    {
        var isThere = Byte() != 0;
        var value = UInt32();
        return isThere ? value : null;
    }

    public bool? OptionalBool() => Byte() switch { 0 => false, 1 => true, _ => null };

    public string? OptionalText()
    {
        var length = Int32();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public string Text() => OptionalText() ?? "";

    public IReadOnlyList<string>? OptionalTexts()
    {
        var count = Int32();
        if (count < 0)
        {
            return null;
        }

        // Each has four bytes at least: a count beyond that is no count.
        if (count > _rest.Length / sizeof(int))
        {
            throw Broken();
        }

        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            texts[i] = Text();
        }

        return texts;
    }

    public IReadOnlyList<string> Texts() => OptionalTexts() ?? [];

    public static InvalidDataException Broken() => new("the agent sent an event that cannot be read");

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes < 0 || bytes > _rest.Length)
        {
            throw Broken();
        }

        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
