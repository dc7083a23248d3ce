using Gatehouse.Agent.Events;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class BootClockTests
{
    [Fact]
    public void Wall_time_is_counted_from_the_boot()
    {
        var time = new ManualTimeProvider();
        var clock = new BootClock(time, () => TimeSpan.FromSeconds(100));

        clock.ToWall(TimeSpan.FromSeconds(90)).ShouldBe(time.GetUtcNow() - TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_uptime_of_this_host_agrees_with_the_clock_that_counts_it()
    {
        var clock = BootClock.OfThisHost(TimeProvider.System);

        var (wall, sinceBoot) = clock.Now();

        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Math.Abs(sinceBoot.TotalSeconds - uptime).ShouldBeLessThan(5);
        clock.ToWall(sinceBoot).ShouldBe(wall);
    }
}
