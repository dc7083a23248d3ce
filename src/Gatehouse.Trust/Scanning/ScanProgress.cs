using System.Runtime.InteropServices;

namespace Gatehouse.Trust;

/// <summary>How far a scan is.</summary>
/// <param name="Done">Files looked at.</param>
/// <param name="Total">Files to look at.</param>
/// <param name="Bytes">Bytes hashed.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ScanProgress(int Done, int Total, long Bytes);
