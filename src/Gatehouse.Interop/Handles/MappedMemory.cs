using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>Memory from mmap. It stays mapped while somebody holds a reference, whoever disposes it meanwhile.</summary>
internal sealed class MappedMemory : SafeHandleMinusOneIsInvalid
{
    private readonly nuint _bytes;

    public MappedMemory(nint address, nuint bytes)
        : base(ownsHandle: true)
    {
        _bytes = bytes;
        SetHandle(address);
    }

    protected override bool ReleaseHandle() => LibC.munmap(handle, _bytes) == 0;
}
