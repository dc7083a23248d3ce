using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// The table of what is known of processes has as many entries as the kernel allowed threads when the programs were attached. Who is root allows more
/// afterwards, and starts more processes than it has room for.
/// </summary>
// Slow: a table of its own size means that all programs are verified again, twice.
[Trait("speed", "slow"), Trait("speed", "slowest"), Trait("kind", "chaos")]
public sealed class FullTableTests
{
    private const string ThreadsMax = "/proc/sys/kernel/threads-max";
    private const int Threads = 400;

    /// <summary>Threads and 4,096, for ended ones that the kernel has not forgotten yet: what ObjectLoader makes room for, and some.</summary>
    private const int Sleepers = Threads + 4096 + 200;

    [Fact]
    public async Task Process_without_an_entry_has_any_ancestor_unless_the_rules_say_allow()
    {
        var before = await File.ReadAllTextAsync(ThreadsMax);
        await File.WriteAllTextAsync(ThreadsMax, $"{Threads}");
        await using var agent = new GuestAgent { Options = ["--ring-bytes", "262144", "--question-watchdog", "10"] };
        await agent.StartAsync();
        await File.WriteAllTextAsync(ThreadsMax, before);
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload-static"), "program");
        var neighbour = volume.Add(InGuest.Attack("payload-static"), "neighbour");
        await agent.ApplyAsync(Policy(program, "deny"));
        InGuest.Run(program).Ran.ShouldBeTrue("there is room, and no such ancestor");

        // Each waits for somebody who writes.
        var pipe = Path.Combine(volume.Folder, "pipe");
        InGuest.Prepare($"mkfifo {pipe}; for i in $(seq {Sleepers}); do (read x <{pipe}) >/dev/null 2>&1 & done");
        try
        {
            InGuest.Run(program).Refused.ShouldBeTrue("onFull: deny");
            InGuest.Run(neighbour).Ran.ShouldBeTrue("no rule is about it");
            await agent.ApplyAsync(Policy(program, "allow"));
            InGuest.Run(program).Ran.ShouldBeTrue("onFull: allow");
            await agent.ApplyAsync(Policy(program, "deny"));
            InGuest.Run(program).Refused.ShouldBeTrue("onFull: deny, again");
            (await agent.Client.GetStatusAsync()).Counters["label-failures"].ShouldBeGreaterThan(0ul);
        }
        finally
        {
            InGuest.Shell($": >{pipe}");
        }
        await Eventually.Become(() => Task.FromResult(InGuest.Run(program).Ran), TimeSpan.FromSeconds(60), () => "there is room, and it is refused");
    }

    private static string Policy(string program, string onFull) =>
        Rules.Deny("below", "process.exec", $"ancestor(process.file == \"/usr/bin/sort\") && image.file == \"{program}\"", $"onFull: {onFull}");
}
