using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// A host under policies/write-xor-execute.yaml, in force: programs that compile code go on, and nobody borrows their exemptions.
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class MemoryRuntimeTests(QuietAgent agent) : IAsyncLifetime
{
    private const string Compile = "let n = 0; for (let i = 0; i < 3e5; i++) n += i % 7; console.log(n)";

    /// <summary>The hosts of .NET that this test needs: that of the agent and of the command stand in the build.</summary>
    private static string Policy { get; } = File.ReadAllText(Path.Combine(InGuest.Repository, "policies", "write-xor-execute.yaml"))
        .Replace("mode: audit", "mode: enforce", StringComparison.Ordinal)
        .Replace("\n  # - ", "\n  - ", StringComparison.Ordinal)
        .Replace("\n  #   ", "\n    ", StringComparison.Ordinal)
        .Replace("rules:\n", $"sets:\n  runtime_gatehouse: [{Published("gatehouse")}, {Published("gatehoused")}]\nrules:\n", StringComparison.Ordinal);

    public async ValueTask InitializeAsync() => await agent.ApplyAsync([new PolicyFile("wx.yaml", Policy)]);

    public async ValueTask DisposeAsync() => await agent.ApplyAsync(Rules.Neutral);

    [Theory]
    [InlineData("node", $"/usr/bin/node -e '{Compile}'")]
    [InlineData("java", "/usr/bin/java -XX:TieredStopAtLevel=1 -version")]
    [InlineData("PCRE", "echo abc | /usr/bin/grep -P 'a.c'")]
    [InlineData("libffi", "/usr/bin/python3 -c 'import ctypes; print(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 42)())'")]
    [InlineData("a shell and its tools", "ls -l / | sort | sed s/a/b/ | awk '{ print $1 }' && perl -e 'print 1' && git --version")]
    [InlineData("gcc", "cd $(mktemp -d) && echo 'int main(void) { return 0; }' > a.c && gcc a.c && ./a.out")]
    public void Runtime_goes_on(string what, string command)
    {
        var outcome = InGuest.Shell(command);
        outcome.ExitCode.ShouldBe(0, $"{what}: {outcome}");
    }

    [Fact]
    public void Dotnet_goes_on_by_its_own_host_and_by_an_exempt_one()
    {
        var tests = Path.Combine(InGuest.Repository, "test", "Gatehouse.KernelTests", "bin", "Release", "net10.0", "Gatehouse.KernelTests.dll");
        InGuest.Run("dotnet", tests, "-list", "classes").Output.ShouldContain(nameof(MemoryRuntimeTests));
        InGuest.Run(Published("gatehouse"), "status").Output.ShouldContain("generation");
    }

    [Fact]
    public async Task Copy_of_a_runtime_is_another_program()
    {
        using var volume = Volume.Create("tmpfs");
        var since = await agent.CursorAsync();
        var copy = volume.Add("/usr/bin/node", "node");
        InGuest.Run(copy, "-e", Compile).Ran.ShouldBeFalse("a copy compiles code");
        var refusal = await agent.DecisionAsync(
            since, d => d.Operation is "memory.protect" or "memory.map" && d.Verdict == Verdict.Deny && d.Subject.Process.Command is "node");
        refusal.Rule.ShouldBe("writable-and-executable");
    }

    [Fact, Trait("speed", "slowest")]
    public async Task What_a_program_needs_is_learned_and_no_more()
    {
        using var volume = Volume.Create("tmpfs");
        var copy = volume.Add("/usr/bin/node", "learned");
        await agent.ApplyAsync([new PolicyFile("wx.yaml", Policy.Replace("\nmode: enforce\n", "\nmode: audit\n", StringComparison.Ordinal))]);
        InGuest.Run(copy, "-e", Compile).Ran.ShouldBeTrue("nothing is refused in audit");

        var proposal = InGuest.Run(Published("gatehouse"), "policy", "learn", "--last", "--class", "memory").Output;
        proposal.ShouldContain($"process.file == \"{copy}\"");
        proposal.ShouldContain("memory.backing == \"anonymous\"");
        proposal.ShouldContain("!memory.stack && !memory.heap");

        // Its rules stand before those that refuse.
        var learned = proposal[(proposal.IndexOf("rules:\n", StringComparison.Ordinal) + "rules:\n".Length)..];
        await agent.ApplyAsync([new PolicyFile("wx.yaml", Policy.Replace("rules:\n", "rules:\n" + learned, StringComparison.Ordinal))]);
        InGuest.Run(copy, "-e", Compile).Ran.ShouldBeTrue("what was learned");
        var other = volume.Add("/usr/bin/node", "other");
        InGuest.Run(other, "-e", Compile).Ran.ShouldBeFalse("another copy");
    }

    [Fact]
    public void Path_of_a_runtime_in_another_mount_namespace_is_no_runtime()
    {
        var attack = InGuest.Attack("memory");
        var outcome = InGuest.Shell($"unshare -m sh -c 'mount --bind {attack} /usr/bin/node && /usr/bin/node anonymous-rwx'");
        outcome.Output.ShouldContain("refused");
        outcome.Output.ShouldNotContain("granted");
    }

    [Fact]
    public void Name_of_the_memory_of_dotnet_is_not_its_memory()
    {
        // The attack program's memfd has this name.
        InGuest.Run(InGuest.Attack("memory"), "memfd-double").Output.ShouldContain("refused");
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("LD_AUDIT")]
    public async Task Code_is_not_brought_into_a_runtime_by_its_loader(string variable)
    {
        var since = await agent.CursorAsync();
        var library = InGuest.Attack("libpayload.so");
        var outcome = InGuest.Shell($"exec env {variable}={library} /usr/bin/node -e 1");
        outcome.Ran.ShouldBeFalse();
        (await agent.DecisionAsync(since, d => d.Verdict == Verdict.Kill)).Rule.ShouldBe("preload-into-an-exempt-runtime");
        InGuest.Shell($"exec env {variable}={library} /bin/true").ExitCode.ShouldNotBe(137, "another program is not killed for it");
    }

    private static string Published(string program) => Path.Combine(InGuest.Repository, "build", "publish", "bin", program);
}
