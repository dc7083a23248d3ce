using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Linux;

/// <summary>What fanotify reports of one open or close.</summary>
/// <param name="Mask">Bits of <see cref="FanotifyMask"/>.</param>
/// <param name="ProcessId">The process that opens, in our process id namespace; 0 if it is not in it.</param>
/// <param name="File">
/// A descriptor for reading the file that makes no events; null if the queue overflowed. The receiver disposes it.
/// </param>
/// <param name="Process">A descriptor of the process, or null if the kernel gave none. The receiver disposes it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OpenEvent(FanotifyMask Mask, int ProcessId, SafeFileHandle? File, SafeFileHandle? Process);
