using System.Diagnostics;
using Gatehouse.Sdk.Clients;

namespace Gatehouse.StreamBench;

/// <summary>A client: reads in place until the last event, and says what it took.</summary>
internal static class Client
{
    /// <summary>Number of the process of the event from which on it is counted: before it the runtime compiles what is used much.</summary>
    public const int FirstPid = 999_998;

    /// <summary>Number of the process of the last event.</summary>
    public const int LastPid = 999_999;

    public static async Task<int> RunAsync(string socket, int number)
    {
        await using var client = await GatehouseClient.ConnectAsync(
            new GatehouseClientOptions { Name = $"bench-{number}", Altitude = number, SocketPath = socket, ConnectTimeout = TimeSpan.FromMinutes(1) });
        await using var events = await client.SubscribeAsync(new EventFilter { Operations = ["process.exec"] });
        Console.WriteLine("ready");
        var (read, sum, lost, done) = (0L, 0L, 0UL, false);
        var (start, allocated, processor) = (0L, 0L, TimeSpan.Zero);
        while (!done && await events.WaitToReadAsync())
        {
            while (events.TryRead(out var view))
            {
                // What a detection would look at.
                sum += view.Pid + view.ImagePathUtf8.Length + view.ExecutableUtf8.Length + (int)view.Verdict;
                read++;
                done |= view.Pid == LastPid;
                if (view.Pid == FirstPid)
                {
                    (read, lost, start) = (0, events.Lost, Stopwatch.GetTimestamp());
                    (allocated, processor) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
                }
            }
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var each = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)read;
        lost = events.Lost - lost;
        Console.WriteLine(
            $"client {number}: {read} events, {read / seconds:0} a second; lost {lost}; {each:0.000} bytes allocated and "
            + $"{(Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / read:0.00} us of processor for each ({sum})");
        return lost == 0 && done ? 0 : 1;
    }
}
