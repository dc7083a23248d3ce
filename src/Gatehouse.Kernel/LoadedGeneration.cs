using System.Runtime.InteropServices;

namespace Gatehouse.Kernel;

/// <summary>A policy generation that the kernel now decides by.</summary>
/// <param name="Number">Generation number; grows by one with each load, also across agents.</param>
/// <param name="Bindings">For each path that a rule names: which file stood there when the policy was loaded.</param>
/// <param name="Elapsed">How long filling and switching took.</param>
public sealed record LoadedGeneration(ulong Number, IReadOnlyList<PathBinding> Bindings, TimeSpan Elapsed);

/// <summary>What a path in a rule was bound to when the policy was loaded.</summary>
/// <param name="Path">The path as the rule spells it.</param>
/// <param name="ResolvedPath">The path after following symbolic links, or null if nothing is there.</param>
/// <param name="Inodes">The kernel's identities of that file (two on overlayfs); empty if nothing regular is there.</param>
/// <param name="Problem">Why there is no binding (errno name and call), or null.</param>
public sealed record PathBinding(string Path, string? ResolvedPath, IReadOnlyList<InodeIdentity> Inodes, string? Problem);

/// <summary>Identity of an inode as the kernel side compares it.</summary>
/// <param name="Device">The super block's device number (kernel encoding), not <c>st_dev</c>.</param>
/// <param name="Inode">The inode number in the kernel.</param>
/// <param name="InodeGeneration">The inode's generation, which tells a reused number apart.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct InodeIdentity(ulong Device, ulong Inode, uint InodeGeneration);
