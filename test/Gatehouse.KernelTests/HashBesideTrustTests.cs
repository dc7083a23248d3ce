using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Rules by hash and rules by trust beside each other, about files that nobody has hashed before: which content it is must be asked for the sake of
/// either. A file that was hashed once says nothing here, because what is known of it is used without asking.
/// </summary>
[Collection(WithQuietAgent.Name)]
public sealed class HashBesideTrustTests(QuietAgent agent) : IAsyncLifetime
{
    private static readonly bool[] s_both = [true, false];

    private static readonly string s_payload = InGuest.Attack("payload");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await agent.EnsureAsync(Rules.Neutral);
        agent.EndTrust();
    }

    [Fact]
    public async Task Neither_rule_keeps_the_other_from_being_asked()
    {
        using var volume = Volume.Create("tmpfs");
        GuestAgent.Trust("/bin/true");
        foreach (var inOnePolicy in s_both)
        {
            await ApplyAsync(
                inOnePolicy,
                GuestAgent.Deny("by-hash", $"{Below(volume)} && image.sha256 == \"{Volume.Sha256Of(s_payload)}\""),
                GuestAgent.Deny("by-trust", $"{Below(volume)} && image.trust == \"baseline\""));
            AreLoaded(volume, s_payload).ShouldBe((false, false), $"the rule by hash, in one policy: {inOnePolicy}");
            AreLoaded(volume, "/bin/true").ShouldBe((false, false), $"the rule by trust, in one policy: {inOnePolicy}");
            AreLoaded(volume, "/bin/false").ShouldBe((true, true), $"the neighbour, in one policy: {inOnePolicy}");
        }
    }

    [Fact]
    public async Task An_allow_list_by_trust_knows_what_is_trusted_beside_a_block_list_by_hash()
    {
        using var volume = Volume.Create("tmpfs");
        GuestAgent.Trust("/bin/true", s_payload);
        foreach (var inOnePolicy in s_both)
        {
            await ApplyAsync(
                inOnePolicy,
                GuestAgent.Deny("by-hash", $"{Below(volume)} && image.sha256 == \"{Volume.Sha256Of(s_payload)}\""),
                GuestAgent.Deny("by-trust", $"{Below(volume)} && image.trust == \"none\""));
            AreLoaded(volume, "/bin/true").ShouldBe((true, true), $"trusted, in one policy: {inOnePolicy}");
            AreLoaded(volume, s_payload).ShouldBe((false, false), $"trusted, and on the block list, in one policy: {inOnePolicy}");
            AreLoaded(volume, "/bin/false").ShouldBe((false, false), $"trusted by nobody, in one policy: {inOnePolicy}");
        }
    }

    /// <summary>
    /// What somebody mapped to write to it is refused if a digest that no rule names would be. A rule by trust which is about something else takes
    /// nothing from that.
    /// </summary>
    [Fact]
    public async Task A_digest_that_may_not_hold_is_doubted_beside_a_rule_by_trust()
    {
        using var volume = Volume.Create("ext4-verity");
        var safe = volume.Add("/bin/true", "safe");
        var doubtful = volume.Add("/bin/true", "doubtful");
        var digest = InGuest.Prepare($"{InGuest.Attack("verity")} {safe}").Trim();
        InGuest.Prepare($"{InGuest.Attack("verity")} {doubtful} mapped").Trim().ShouldBe(digest, "the same content");
        var byDigest = GuestAgent.Deny("by-digest", $"{Below(volume)} && image.verityDigest != \"{digest}\"");
        var byTrust = GuestAgent.Deny("by-trust", "image.path.startsWith(\"/nowhere/\") && image.trust == \"none\"");
        foreach (var rules in new[] { byDigest, byDigest + byTrust })
        {
            await agent.ApplyAsync(rules);
            InGuest.Run(safe).Ran.ShouldBeTrue($"nobody could write to it: {rules}");
            InGuest.Run(doubtful).Refused.ShouldBeTrue($"executed: {rules}");
            InGuest.Run(InGuest.Attack("mapexec"), doubtful).Ran.ShouldBeFalse($"mapped: {rules}");
        }
    }

    private static string Below(Volume volume) => $"image.path.startsWith(\"{volume.Folder}/\")";

    /// <summary>Two fresh copies: one is executed, one is mapped. What ends with a status of its own was loaded, too.</summary>
    private static (bool ByExec, bool ByMapping) AreLoaded(Volume volume, string content)
    {
        var executed = InGuest.Run(volume.Add(content, Path.GetRandomFileName()));
        var mapped = InGuest.Run(InGuest.Attack("mapexec"), volume.Add(content, Path.GetRandomFileName()));
        (executed.ErrorNumber is 0 or Outcome.NotPermitted).ShouldBeTrue(executed.ToString());
        return (!executed.Refused, mapped.Ran);
    }

    private Task<ulong> ApplyAsync(bool inOnePolicy, params string[] rules) => inOnePolicy
        ? agent.ApplyAsync(string.Concat(rules))
        : agent.ApplyAsync([.. rules.Select(static (r, i) => new PolicyFile($"p{i}.yaml", GuestAgent.Policy(r, name: $"p{i}")))]);
}
