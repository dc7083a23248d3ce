using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Interop.LibBpf;

namespace Gatehouse.Interop.Handles;

/// <summary>What reads a record. The span is only valid during the call.</summary>
/// <param name="record">The record's bytes.</param>
public delegate void RingRecordReader(ReadOnlySpan<byte> record);

/// <summary>The reading end of a BPF ring buffer. One thread at a time. Disposing ends reading; the ring stays.</summary>
public sealed unsafe class BpfRing : IDisposable
{
    private readonly BpfMap _map;
    private readonly RingRecordReader _reader;
    private GCHandle _self;
    private nint _ring;
    private Exception? _failure;

    /// <summary>Opens the ring for reading.</summary>
    /// <param name="map">A map of type ring buffer; kept open by the caller while this lives.</param>
    /// <param name="reader">Called for each record, on the thread that polls.</param>
    public BpfRing(BpfMap map, RingRecordReader reader)
    {
        _map = map;
        _reader = reader;
        _self = GCHandle.Alloc(this);
        try
        {
            _ring = LibBpfRuntime.Check(
                LibBpf.LibBpf.ring_buffer__new(map.Descriptor, &OnRecord, (void*)GCHandle.ToIntPtr(_self), null),
                $"ring_buffer__new({_map.Name})");
        }
        catch
        {
            _self.Free();
            throw;
        }
    }

    /// <summary>Hands over what there is, waiting for a first record.</summary>
    /// <param name="milliseconds">How long to wait; negative: without end.</param>
    /// <returns>How many records were handed over; 0 after the time or a signal.</returns>
    public int Poll(int milliseconds)
    {
        ObjectDisposedException.ThrowIf(_ring == 0, this);
        var result = LibBpf.LibBpf.ring_buffer__poll(_ring, milliseconds);
        if (_failure is { } failure)
        {
            _failure = null;
            throw new InvalidOperationException("a ring record could not be read", failure);
        }
        return result == -Linux.Errno.Interrupted ? 0 : LibBpfRuntime.Check(result, "ring_buffer__poll");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_ring == 0)
            return;
        LibBpf.LibBpf.ring_buffer__free(_ring);
        _ring = 0;
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRecord(void* context, void* data, nuint size)
    {
        var ring = (BpfRing)GCHandle.FromIntPtr((nint)context).Target!;
#pragma warning disable CA1031 // An exception must not cross libbpf's frames; Poll throws it.
        try
        {
            ring._reader(new ReadOnlySpan<byte>(data, (int)size));
        }
        catch (Exception failure)
        {
            ring._failure ??= failure;
        }
#pragma warning restore CA1031
        return 0;
    }
}
