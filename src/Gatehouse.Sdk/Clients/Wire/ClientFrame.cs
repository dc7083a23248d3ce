using System.Buffers;
using System.Buffers.Binary;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>
/// The frames of the client socket: length of what follows the header (32 bits, little-endian), kind (8 bits), three bytes of zero, and so many bytes.
/// </summary>
public static class ClientFrame
{
    /// <summary>Version of the protocol, which a client names in <see cref="HelloRequest.Version"/>.</summary>
    public const int Version = 1;

    /// <summary>Bytes before the content.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Largest content of a request or answer: policies, and their escaping as JSON.</summary>
    public const int LargestContent = 2 * GatehouseDefaults.MaximumRequestBytes;

    private const int Chunk = 64 * 1024;

    /// <summary>Writes a header.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/> bytes.</param>
    /// <param name="kind">What the frame carries.</param>
    /// <param name="length">Bytes of the content.</param>
    public static void WriteHeader(Span<byte> header, ClientFrameKind kind, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], (int)kind);
    }

    /// <summary>Reads a header.</summary>
    /// <returns>Null if these are not the bytes of a header, or the content is larger than allowed.</returns>
    public static (ClientFrameKind Kind, int Length)? ReadHeader(ReadOnlySpan<byte> header, int largest)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        var kind = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        return length >= 0 && length <= largest && kind is > 0 and <= byte.MaxValue ? ((ClientFrameKind)kind, length) : null;
    }

    /// <summary>Reads one frame. A header alone reserves no memory: what is announced and never sent costs nobody anything.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="largest">Largest content that is accepted, in bytes.</param>
    /// <param name="cancellationToken">Gives up; the connection cannot be used further.</param>
    /// <returns>Null if the other side has closed between two frames.</returns>
    /// <exception cref="InvalidDataException">It is no frame, is too large, or broke off.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async ValueTask<(ClientFrameKind Kind, ReadOnlyMemory<byte> Content)?> ReadAsync(
        Stream stream, int largest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var header = new byte[HeaderBytes];
        var read = await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }

        if (read < HeaderBytes || ReadHeader(header, largest) is not { } frame)
        {
            throw new InvalidDataException("this is no frame of the client protocol, or one that is too large");
        }

        var content = new ArrayBufferWriter<byte>(Math.Max(1, Math.Min(frame.Length, Chunk)));
        while (content.WrittenCount < frame.Length)
        {
            var room = content.GetMemory(1);
            room = room[..Math.Min(room.Length, frame.Length - content.WrittenCount)];
            var length = await stream.ReadAsync(room, cancellationToken).ConfigureAwait(false);
            if (length == 0)
            {
                throw new InvalidDataException("the connection ended within a frame");
            }

            content.Advance(length);
        }

        return (frame.Kind, content.WrittenMemory);
    }

    /// <summary>Writes one frame.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="kind">What it carries.</param>
    /// <param name="content">The content.</param>
    /// <param name="cancellationToken">Gives up; the connection cannot be used further.</param>
    public static async ValueTask WriteAsync(
        Stream stream, ClientFrameKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var frame = new byte[HeaderBytes + content.Length];
        WriteHeader(frame, kind, content.Length);
        content.CopyTo(frame.AsMemory(HeaderBytes));
        await stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
    }
}
