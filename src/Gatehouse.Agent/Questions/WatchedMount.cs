using System.Runtime.InteropServices;

namespace Gatehouse.Agent.Questions;

/// <summary>A mount whose file system is watched.</summary>
/// <param name="Point">Where it is.</param>
/// <param name="Level">
/// How many overlays lie over one another: 0 for none. The kernel opens the file for the reader too, and opening a file of an overlay
/// opens the one beneath, which Linux 7.2 reports: a reader of both would wait for itself. So each level has a reader of its own.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WatchedMount(string Point, int Level)
{
    /// <summary>The kernel stacks no more than two overlays.</summary>
    public const int Levels = 3;
}
