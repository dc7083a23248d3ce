using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Handles;

/// <summary>What the kernel has counted of a program since it was loaded, while counting was on.</summary>
/// <param name="Runs">How often it ran.</param>
/// <param name="RunNanoseconds">How long, in nanoseconds, all together.</param>
/// <param name="Missed">How often it did not run because it would have called itself.</param>
/// <param name="VerifiedInstructions">Instructions that the verifier looked at when it was loaded.</param>
/// <param name="JitedBytes">Its machine code.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BpfProgramStatistics(
    ulong Runs, ulong RunNanoseconds, ulong Missed, uint VerifiedInstructions, uint JitedBytes);
