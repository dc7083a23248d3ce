using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>What is decided when working memory cannot be had: what the rules say by onFull, and without events.</summary>
[Trait("speed", "slow"), Trait("kind", "chaos"), Collection(WithAgent.Name)]
public sealed class FullPoolTests(GuestAgent agent) : IDisposable
{
    private readonly Volume _volume = Volume.Create("tmpfs");

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task Full_pool_refuses_where_rules_refuse_unless_all_of_them_say_allow()
    {
        var actor = _volume.Add(InGuest.Attack("fullpool"), "actor");
        var program = _volume.Add(InGuest.Attack("payload-static"), "program");
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        string[] signal = ["signal", $"{victim.Pid}"], exec = ["exec", program];
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(actor, signal).Granted.ShouldBeTrue("no rule on it");
        InGuest.Run(program).Ran.ShouldBeTrue("works without a rule");

        // The actor is told apart, so that no verdict on others answers for it; but no rule fits it, so with memory both go on.
        var before = await ExhaustedAsync();
        await agent.ApplyAsync(Policy(actor, "deny"));
        Answer.Of(actor, signal).Refused.ShouldBeTrue("onFull: deny");
        Answer.Of(actor, exec).Refused.ShouldBeTrue("onFull: deny");
        (await ExhaustedAsync()).ShouldBeGreaterThan(before);
        InGuest.Run(program).Ran.ShouldBeTrue("with memory again");

        await agent.ApplyAsync(Policy(actor, "allow"));
        Answer.Of(actor, signal).Granted.ShouldBeTrue("onFull: allow");
        Answer.Of(actor, exec).Granted.ShouldBeTrue("onFull: allow");

        // One that says deny is enough.
        await agent.ApplyAsync(Policy(actor, "allow") + Rules.Deny("strict", "process.open", "process.uid == 54322", "onFull: deny"));
        Answer.Of(actor, signal).Refused.ShouldBeTrue("one rule says deny");
        Answer.Of(actor, exec).Granted.ShouldBeTrue("that rule is on another operation");
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(actor, signal).Granted.ShouldBeTrue("works again");
    }

    private async Task<ulong> ExhaustedAsync() => (await agent.Client.GetStatusAsync()).Counters["scratch-exhausted"];

    private static string Policy(string actor, string onFull) => Rules.Deny(
        "rule", "process.open, process.exec, image.load", $"process.uid == 54321 && process.file == \"{actor}\"", $"onFull: {onFull}");
}
