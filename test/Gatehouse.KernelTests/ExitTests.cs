using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>The end of a process is reported once, with how it ended and how long it ran.</summary>
[Collection(WithAgent.Name)]
public sealed class ExitTests(GuestAgent agent) : IDisposable
{
    private const int Milliseconds = 150;

    private readonly Volume _volume = Volume.Create("tmpfs");

    public void Dispose() => _volume.Dispose();

    [Theory]
    [InlineData("status", 0, 0, 0)]
    [InlineData("status", 7, 7, 0)]
    [InlineData("status", 255, 255, 0)]
    [InlineData("signal", 9, 0, 9)]
    [InlineData("signal", 11, 0, 11)]
    [InlineData("thread", 7, 7, 0)]
    [InlineData("leader", 7, 7, 0)]
    public async Task End_is_reported_once_with_status_signal_and_run_time(string how, int number, int status, int signal)
    {
        var program = _volume.Add(InGuest.Attack("ending"), "ending");
        var neighbour = _volume.Add(InGuest.Attack("ending"), "neighbour");
        await agent.EnsureAsync(Rules.Audit("watched", "process.exit", $"process.file == \"{program}\""));
        var cursor = await agent.CursorAsync();

        InGuest.Run(program, how, $"{number}", $"{Milliseconds}").ExitCode.ShouldBe(signal == 0 ? status : 128 + signal);
        InGuest.Run(neighbour, how, $"{number}", "0");

        var decision = await agent.DecisionAsync(cursor, Ended(program));
        decision.Rule.ShouldBe("watched");
        decision.Mode.ShouldBe(EventMode.Audit);
        decision.Verdict.ShouldBe(Verdict.Allow);
        (decision.Request!.ExitStatus ?? 0).ShouldBe((uint)status);
        (decision.Request.ExitSignal ?? 0).ShouldBe((uint)signal);
        decision.Request.RunTimeNs.ShouldNotBeNull();
        TimeSpan.FromMicroseconds(decision.Request.RunTimeNs.Value / 1000.0)
            .ShouldBeInRange(TimeSpan.FromMilliseconds(Milliseconds), TimeSpan.FromSeconds(30));

        var records = (await agent.RecordsAsync(cursor)).OfType<DecisionRecord>().ToList();
        records.Count(d => Ended(program)(d)).ShouldBe(1, "one process, one end, however many threads it had");
        records.Where(d => Ended(neighbour)(d)).ShouldAllBe(static d => d.Rule == null);
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("exit.status == 7", "status", 7)]
    [InlineData("exit.status > 6 && exit.status < 8", "status", 7)]
    [InlineData("exit.signal == 9", "signal", 9)]
    [InlineData("exit.signal != 0", "signal", 15)]
    public async Task Rule_about_the_end_matches_that_end_and_no_other(string when, string how, int number)
    {
        var program = _volume.Add(InGuest.Attack("ending"), "ending");
        await agent.EnsureAsync(Rules.Audit("watched", "process.exit", $"{when} && process.file == \"{program}\""));
        var cursor = await agent.CursorAsync();
        InGuest.Run(program, "status", "0", "0");
        InGuest.Run(program, "status", "8", "0");
        InGuest.Run(program, how, $"{number}", "0");

        await agent.DecisionAsync(cursor, d => Ended(program)(d) && string.Equals(d.Rule, "watched", StringComparison.Ordinal));
        (await agent.RecordsAsync(cursor)).OfType<DecisionRecord>().Count(static d => string.Equals(d.Rule, "watched", StringComparison.Ordinal))
            .ShouldBe(1);
        await agent.EnsureAsync(Rules.Neutral);
    }

    private static Func<DecisionRecord, bool> Ended(string program) => d =>
        string.Equals(d.Operation, "process.exit", StringComparison.Ordinal)
        && string.Equals(d.Subject.Process.Executable, program, StringComparison.Ordinal);
}
