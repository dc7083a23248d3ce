using System.Text;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Debian's `paxtest`, written by others to see what a kernel does about memory that is written and executed: its programs that
/// execute something, without a policy and under one. The processor refuses the first seven already, so that a policy about what
/// becomes executable can only change what follows.
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class PaxtestTests(QuietAgent agent, ITestOutputHelper output)
{
    private const string Programs = "/usr/lib/paxtest";
    private const string Vulnerable = "Vulnerable";
    private const string Killed = "Killed";

    /// <summary>In the order of paxtest itself.</summary>
    private static readonly (string Program, string Without)[] s_rows =
    [
        ("anonmap", Killed), ("execbss", Killed), ("execdata", Killed), ("execheap", Killed), ("execstack", Killed), ("shlibbss", Killed),
        ("shlibdata", Killed), ("mprotanon", Vulnerable), ("mprotbss", Vulnerable), ("mprotdata", Vulnerable), ("mprotheap", Vulnerable),
        ("mprotstack", Vulnerable), ("mprotshbss", Vulnerable), ("mprotshdata", Vulnerable), ("writetext", Vulnerable),
    ];

    [Fact]
    public async Task Rows_of_paxtest_about_executable_memory_are_killed_under_a_policy_and_vulnerable_without()
    {
        await agent.EnsureAsync(Rules.Neutral);
        var without = Run();
        await agent.ApplyAsync(MemoryRules.Strict($"process.executable.startsWith(\"{Programs}/\")", "deny", "deny-"));
        var cursor = await agent.CursorAsync();
        var denied = Run();
        var events = (await agent.RecordsAsync(cursor)).OfType<DecisionRecord>().Where(static d => d.Verdict == Verdict.Deny).ToList();
        await agent.ApplyAsync(MemoryRules.Strict($"process.executable.startsWith(\"{Programs}/\")", "kill", "kill-"));
        var killed = Run();
        await agent.EnsureAsync(Rules.Neutral);
        var afterwards = Run();

        var table = new StringBuilder($"{"paxtest",-42} {"without",-12} {"deny",-12} {"kill",-12}\n");
        for (var i = 0; i < s_rows.Length; i++)
            table.Append($"{without[i].Title,-42} {without[i].Result,-12} {denied[i].Result,-12} {killed[i].Result,-12}\n");
        output.WriteLine(table.ToString());
        if (Environment.GetEnvironmentVariable("GATEHOUSE_RESULTS") is { } results)
            await File.WriteAllTextAsync(Path.Combine(results, "paxtest.table"), table.ToString(), TestContext.Current.CancellationToken);

        without.Select(static r => r.Result).ShouldBe(s_rows.Select(static r => r.Without), table.ToString());
        denied.ShouldAllBe(static r => r.Result == Killed, table.ToString());
        killed.ShouldAllBe(static r => r.Result == Killed, table.ToString());
        afterwards.ShouldBe(without, table.ToString());
        foreach (var (program, _) in s_rows.Where(static r => r.Without is Vulnerable))
            events.ShouldContain(e => e.Operation == "memory.protect" && e.Subject.Process.Executable == $"{Programs}/{program}", program);
    }

    /// <summary>Each program forks, and prints a line about what its child came to: its title, and a word.</summary>
    private static List<(string Title, string Result)> Run() => [.. s_rows.Select(static row =>
    {
        var outcome = InGuest.Run($"{Programs}/{row.Program}", [], [new("LD_LIBRARY_PATH", Programs), new("PAXTEST_MODE", "0")]);
        var line = outcome.Output.Split('\n').FirstOrDefault(static l => l.Contains(':', StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{row.Program}: {outcome}");
        var words = line.Split(':', 2);
        return (words[0].Trim(), words[1].Trim());
    })];
}
