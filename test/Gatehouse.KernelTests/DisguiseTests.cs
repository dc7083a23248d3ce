using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// A new policy looks at processes that run already, and finds out anew what they are. Nothing that a process has done to itself
/// meanwhile may make it another program.
/// </summary>
[Collection(WithAgent.Name)]
public sealed class DisguiseTests(GuestAgent agent) : IDisposable
{
    private readonly Volume _volume = Volume.Create("tmpfs");

    private string Disguise => field ??= _volume.Add(InGuest.Attack("disguise"), "disguise");

    public void Dispose() => _volume.Dispose();

    [Theory]
    [InlineData("file")]
    [InlineData("hash")]
    [InlineData("ancestor")]
    public async Task Process_whose_first_thread_has_ended_is_the_same_program_for_a_policy_that_comes_later(string by)
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Deny("first", "process.open", $"process.sha256 == \"{Volume.Sha256Of(Disguise)}\" && open.right == \"debug\""));
        using var process = Companion.Ready(Disguise, "headless", $"{victim.Pid}");
        process.Attempt().Granted.ShouldBeTrue("works without a rule for it");

        var condition = by switch
        {
            "file" => $"process.file == \"{Disguise}\"",
            "hash" => $"process.sha256 == \"{Volume.Sha256Of(Disguise)}\"",
            _ => $"ancestor(process.file == \"{Environment.ProcessPath}\") && process.file == \"{Disguise}\"",
        };
        await agent.EnsureAsync(Rules.Deny("later", "process.open", $"{condition} && open.right == \"signal\""));
        process.Attempt().Refused.ShouldBeTrue(by);
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Process_whose_first_thread_has_ended_is_given_nothing_by_a_hash_that_nobody_asked_for()
    {
        var other = _volume.Add(InGuest.Attack("victim"), "other");
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Deny("first", "process.open", $"process.file == \"{other}\""));
        using var process = Companion.Ready(Disguise, "headless", $"{victim.Pid}");
        process.Attempt().Granted.ShouldBeTrue("works without a rule for it");
        await agent.EnsureAsync(
            Rules.Of("trusted", "process.open", $"process.sha256 == \"{Volume.Sha256Of(other)}\"", "allow")
            + Rules.Deny("closed", "process.open", $"target.file == \"{InGuest.Attack("victim")}\" && open.right == \"signal\""));
        process.Attempt().Refused.ShouldBeTrue("the allow rule names another content");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Process_that_calls_another_file_its_program_is_refused_by_a_policy_that_comes_later()
    {
        var trusted = _volume.Add(InGuest.Attack("victim"), "trusted");
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Deny("first", "process.open", $"process.file == \"{Disguise}\" && open.right == \"debug\""));
        using var process = Companion.Ready(Disguise, "borrowed", $"{victim.Pid}", trusted);
        new FileInfo($"/proc/{process.Pid}/exe").ResolveLinkTarget(returnFinalTarget: false)!.FullName.ShouldBe(trusted, "the disguise works");
        process.Attempt().Granted.ShouldBeTrue("works without a rule for it");

        await agent.EnsureAsync(Rules.Deny("later", "process.open", $"process.file == \"{Disguise}\" && open.right == \"signal\""));
        var cursor = await agent.CursorAsync();
        process.Attempt().Refused.ShouldBeTrue("it is still the program that it was");
        var decision = await agent.DecisionAsync(cursor, d => d.Verdict == Verdict.Deny && d.Object.Target?.Pid == victim.Pid);
        decision.Reason.ShouldBe("subject-unknown");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Signal_of_a_file_is_not_that_of_the_program_which_its_owner_has_become_since()
    {
        var trusted = _volume.Add(InGuest.Attack("disguise"), "trusted");
        await File.AppendAllTextAsync(trusted, "other content");
        await agent.EnsureAsync(Rules.Neutral);
        (await TargetDiesAsync(Disguise, trusted)).ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny(
            "only-trusted", "process.open", $"target.file == \"{InGuest.Attack("victim")}\" && open.right == \"terminate\" && process.file != \"{trusted}\""));
        (await TargetDiesAsync(trusted)).ShouldBeTrue("the trusted program may");
        (await TargetDiesAsync(Disguise)).ShouldBeFalse("another may not");
        (await TargetDiesAsync(Disguise, trusted)).ShouldBeFalse("nor one that has become the trusted program meanwhile");
        await agent.EnsureAsync(Rules.Neutral);
    }

    private static async Task<bool> TargetDiesAsync(string program, params string[] becomes)
    {
        using var target = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(InGuest.Attack("victim"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await target.StandardOutput.ReadLineAsync();
        using var owner = Companion.Ready(program, ["owner", $"{target.Id}", .. becomes]);
        owner.Write("");
        var died = target.WaitForExit(TimeSpan.FromSeconds(2));
        // Its input ends, and so does it; no signal, which a rule could refuse.
        target.StandardInput.Close();
        target.WaitForExit();
        return died;
    }
}
