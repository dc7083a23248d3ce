using System.Runtime.InteropServices;

namespace Gatehouse.Kernel.Questions;

/// <summary>What tells one version of a file's content from another. Compare it; do not interpret it.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="ChangedSeconds">Change time.</param>
/// <param name="ChangedNanoseconds">The rest of it.</param>
/// <param name="Epoch">Opens for writing that the kernel side has seen of this file and others.</param>
/// <param name="MountEpoch">The same of file systems that went.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ContentVersion(ulong Size, long ChangedSeconds, uint ChangedNanoseconds, ulong Epoch, ulong MountEpoch);
