using System.Runtime.InteropServices;

namespace Gatehouse.Kernel;

/// <summary>What the kernel has counted of one of our programs since it was attached, while counting was on.</summary>
/// <param name="Program">Its name in bpf/hooks.</param>
/// <param name="Runs">How often it ran.</param>
/// <param name="RunNanoseconds">How long, in nanoseconds, all together.</param>
/// <param name="Missed">How often it was left out because it would have interrupted itself.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProgramStatistics(string Program, ulong Runs, ulong RunNanoseconds, ulong Missed);
