using System.Runtime.InteropServices;
using Xunit;

namespace Gatehouse.Policy.Tests;

/// <summary>
/// Processor time of this process since it was started: a machine that is busy with other things does not make it run
/// faster, as it does a wall clock. Only in tests of <see cref="Alone"/>.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CpuClock
{
    private readonly TimeSpan _start;

    private CpuClock(TimeSpan start) => _start = start;

    public TimeSpan Elapsed => Environment.CpuUsage.TotalTime - _start;

    public static CpuClock StartNew() => new(Environment.CpuUsage.TotalTime);
}

/// <summary>Tests that measure time: no other test runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    /// <summary>Its name.</summary>
    public const string Name = "alone";
}
