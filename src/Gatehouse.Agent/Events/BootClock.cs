using System.Globalization;

namespace Gatehouse.Agent.Events;

/// <summary>Relates CLOCK_BOOTTIME, by which the kernel side stamps events, to the wall clock.</summary>
/// <remarks>
/// Managed code has no clock_gettime(CLOCK_BOOTTIME). <c>/proc/uptime</c> is that clock, cut to 10 ms; read in the moment in
/// which it ticks over it is exact to the time of one read. It is set again every minute, because the wall clock is steered.
/// </remarks>
internal sealed class BootClock
{
    private static readonly TimeSpan RecalibrateAfter = TimeSpan.FromMinutes(1);

    // Two ticks: if it has not ticked by then, the reading is coarse (a fake, or a stopped clock) and taken as it is.
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly Func<TimeSpan> _readUptime;
    private readonly Lock _lock = new();
    private DateTimeOffset _bootedAt;
    private long _calibratedAt;

    public BootClock(TimeProvider time, Func<TimeSpan> readUptime)
    {
        _time = time;
        _readUptime = readUptime;
        Calibrate();
    }

    public static BootClock OfThisHost(TimeProvider time) => new(time, ReadUptime);

    public DateTimeOffset ToWall(TimeSpan sinceBoot)
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_calibratedAt) > RecalibrateAfter)
            {
                Calibrate();
            }

            return _bootedAt + sinceBoot;
        }
    }

    public (DateTimeOffset Wall, TimeSpan SinceBoot) Now()
    {
        var wall = _time.GetUtcNow();
        return (wall, wall - ToWall(TimeSpan.Zero));
    }

    /// <summary>CLOCK_BOOTTIME, read anew: nobody's setting of the wall clock is in it, and it goes on while the host sleeps.</summary>
    public TimeSpan SinceBoot() => _readUptime();

    private static TimeSpan ReadUptime()
    {
        var text = File.ReadAllText("/proc/uptime");
        return TimeSpan.FromSeconds(double.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));
    }

    private void Calibrate()
    {
        var start = _time.GetTimestamp();
        var first = _readUptime();
        TimeSpan uptime;
        DateTimeOffset wall;
        var attempts = 0;
        do
        {
            uptime = _readUptime();
            wall = _time.GetUtcNow();
        }
        while (uptime == first && _time.GetElapsedTime(start) < LongestTick && ++attempts < 10_000);

        _bootedAt = wall - uptime;
        _calibratedAt = _time.GetTimestamp();
    }
}
