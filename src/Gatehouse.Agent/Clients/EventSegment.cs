using Gatehouse.Sdk.Clients.Wire;

namespace Gatehouse.Agent.Clients;

/// <summary>A piece of the event log. One writer appends; readers see what is published, and it does not change while one holds the piece.</summary>
internal sealed class EventSegment
{
    public const int Bytes = 1024 * 1024;

    private int _length;
    private int _holders;
    private volatile bool _isFull;

    public byte[] Data { get; } = new byte[Bytes];

    /// <summary>Number of the piece, from 0.</summary>
    public long Index { get; private set; }

    /// <summary>Cursor of its first event.</summary>
    public ulong FirstCursor { get; private set; }

    /// <summary>Events before it, by number of their operation.</summary>
    public ulong[] Before { get; } = new ulong[EventLayout.Operations.Length];

    /// <summary>Bytes that may be read.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Whether nothing more comes into it.</summary>
    public bool IsFull => _isFull;

    public bool IsHeld => Volatile.Read(ref _holders) > 0;

    public Span<byte> Room => Data.AsSpan(_length);

    public void Reset(long index, ulong firstCursor, ReadOnlySpan<ulong> before)
    {
        Index = index;
        FirstCursor = firstCursor;
        before.CopyTo(Before);
        _isFull = false;
        Volatile.Write(ref _length, 0);
    }

    public void Publish(int length) => Volatile.Write(ref _length, _length + length);

    public void Close() => _isFull = true;

    /// <summary>Under the log's lock.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release() => Interlocked.Decrement(ref _holders);
}
