using System.Runtime.InteropServices;

namespace Gatehouse.Kernel.Questions;

/// <summary>One version of the content of one file, as the kernel side tells them apart. Compare it; do not interpret it.</summary>
/// <param name="Inode">The file.</param>
/// <param name="Version">Which content: another one after every change that the kernel side has noticed.</param>
/// <param name="IsProvable">
/// Whether equal versions prove equal contents. Not so where content changes behind the kernel's back: network file systems,
/// virtiofs, btrfs, and overlays over these. There every opening is asked about.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AskedContent(InodeIdentity Inode, ContentVersion Version, bool IsProvable);
