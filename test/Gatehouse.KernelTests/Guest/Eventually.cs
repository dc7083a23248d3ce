using System.Diagnostics;

namespace Gatehouse.KernelTests.Guest;

/// <summary>Waiting for what happens in another process.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static async Task Become(Func<Task<bool>> condition, TimeSpan patience, Func<string> complaint)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > patience)
                throw new TimeoutException($"{complaint()} (after {patience})");
            await Task.Delay(s_pause);
        }
    }
}
