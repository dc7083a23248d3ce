using System.Diagnostics;
using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Events;

namespace Gatehouse.StreamBench;

/// <summary>The agent's side: publishes records at a rate, or as fast as it can.</summary>
internal static class Publisher
{
    private const int Distinct = 1_024;

    /// <summary>Events that are not counted, at a rate at which nobody loses any.</summary>
    private const int Warm = 200_000;

    private const int WarmRate = 50_000;

    public static async Task<int> RunAsync(int clients, int rate, int seconds)
    {
        RunningAgent? running = null;
        await using var agent = await TestAgent.StartAsync(CancellationToken.None, running: r => running = r);
        var readers = Enumerable.Range(1, clients).Select(n => Start(agent, n)).ToList();
        foreach (var reader in readers)
        {
            await reader.StandardOutput.ReadLineAsync();
        }

        var records = Records();
        var total = (long)(rate > 0 ? rate : 1_000_000) * seconds;
        await Task.Run(() => Publish(running!.Stream, records, Warm, WarmRate));
        await Task.Delay(TimeSpan.FromSeconds(2));
        running!.Stream.Publish(By(records[0], Client.FirstPid));
        var (before, processor) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
        var start = Stopwatch.GetTimestamp();
        await Task.Run(() => Publish(running.Stream, records, total, rate));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        running.Stream.Publish(By(records[0], Client.LastPid));
        Console.WriteLine($"published {total} in {elapsed:0.00} s, {total / elapsed:0} a second; {allocated / (double)total:0} bytes allocated for each, the history's entries");
        var failed = false;
        foreach (var reader in readers)
        {
            Console.WriteLine(await reader.StandardOutput.ReadLineAsync());
            await reader.WaitForExitAsync();
            failed |= reader.ExitCode != 0;
        }

        Console.WriteLine($"agent: {(Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / total:0.00} us of processor for each event, all clients together; {Environment.ProcessorCount} processors");
        return failed ? 1 : 0;
    }

    private static DecisionRecord By(DecisionRecord record, int pid) =>
        record with { Subject = new EventSubject { Process = record.Subject.Process with { Pid = pid } } };

    private static Process Start(TestAgent agent, int number) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!,
        [.. Environment.ProcessPath!.EndsWith("/dotnet", StringComparison.Ordinal) ? [typeof(Publisher).Assembly.Location] : Array.Empty<string>(), "client", Path.Combine(Path.GetDirectoryName(agent.SocketPath)!, "clients.sock"), $"{number}"])
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!;

    private static List<DecisionRecord> Records()
    {
        var names = new GenerationNames();
        var translator = new DecisionTranslator(names, new StreamClock(BootClock.OfThisHost(TimeProvider.System), "boot"));
        return [.. Enumerable.Range(1, Distinct).Select(i => translator.Translate(Decisions.Exec((ulong)i, $"/usr/lib/some/where/program-{i}")))];
    }

    private static void Publish(EventStream stream, List<DecisionRecord> records, long total, int rate)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0L; i < total; i++)
        {
            stream.Publish(records[(int)(i % Distinct)]);
            if (rate > 0 && i % 256 == 0)
            {
                // In steps of a millisecond, as the kernel's ring is read.
                var due = TimeSpan.FromSeconds(i / (double)rate) - Stopwatch.GetElapsedTime(start);
                if (due > TimeSpan.FromMilliseconds(1))
                {
                    Thread.Sleep(due);
                }
            }
        }
    }
}
