using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Changes of users, groups and capabilities, by their kind, and programs that gain by being started.</summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class CredentialsTests(GuestAgent agent) : IDisposable
{
    private static readonly string[] s_changes = ["uid", "gid", "groups", "capabilities", "user-namespace"];

    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Changer => field ??= _volume.Add(InGuest.Attack("credentials_attempt"), "changer");
    private string Neighbour => field ??= _volume.Add(InGuest.Attack("credentials_attempt"), "neighbour");

    public static TheoryData<string, string> Ways => new()
    {
        { "setuid", "uid" }, { "setreuid", "uid" }, { "setresuid", "uid" }, { "setfsuid", "uid" }, { "setuid-of-thread", "uid" },
        { "setgid", "gid" }, { "setregid", "gid" }, { "setresgid", "gid" }, { "setfsgid", "gid" },
        { "setgroups", "groups" }, { "capset", "capabilities" },
        { "userns-unshare", "user-namespace" }, { "userns-clone3", "user-namespace" },
    };

    public void Dispose() => _volume.Dispose();

    [Theory, MemberData(nameof(Ways))]
    public async Task Change_is_refused_by_its_kind_and_by_no_other(string way, string change)
    {
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Changer, way).Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Deny($"credentials.change == \"{change}\""));
        var cursor = await agent.CursorAsync();
        Answer.Of(Changer, way).Refused.ShouldBeTrue();
        Answer.Of(Neighbour, way).Granted.ShouldBeTrue("another program");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Operation.ShouldBe("process.credentials");
        decision.Request!.Change.ShouldBe(change);
        decision.Subject.Process.Uid.ShouldBe(0u, "who acts, before the change");

        var others = string.Join(", ", s_changes.Except([change], StringComparer.Ordinal).Select(static c => $"\"{c}\""));
        await agent.EnsureAsync(Deny($"credentials.change in [{others}]"));
        Answer.Of(Changer, way).Granted.ShouldBeTrue("every other change is denied");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("setuid", "newUid", 1234)]
    [InlineData("setresuid", "newUid", 1234)]
    [InlineData("setgid", "newGid", 1234)]
    [InlineData("setresgid", "newGid", 1234)]
    [InlineData("setgid", "newUid", 0)]
    public async Task Change_is_refused_by_the_effective_id_afterwards(string way, string field, int id)
    {
        var kind = way.Contains("uid", StringComparison.Ordinal) ? "uid" : "gid";
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Changer, way).Granted.ShouldBeTrue("works without a rule");
        await agent.EnsureAsync(Deny($"credentials.change == \"{kind}\" && credentials.{field} == {id}"));
        Answer.Of(Changer, way).Refused.ShouldBeTrue();
        await agent.EnsureAsync(Deny($"credentials.change == \"{kind}\" && credentials.{field} > {id}"));
        Answer.Of(Changer, way).Granted.ShouldBeTrue("a larger one is denied");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Capabilities_can_be_given_up_where_they_cannot_be_taken()
    {
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Changer, "capset").Granted.ShouldBeTrue("works without a rule");
        await agent.EnsureAsync(Deny("credentials.change == \"capabilities\""));
        Answer.Of(Changer, "capset").Refused.ShouldBeTrue("taken again");
        Answer.Of(Changer, "capset-less").Granted.ShouldBeTrue("a refusal would leave it with more than it wants");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("capset", "CAP_NET_RAW", "CAP_SYS_TIME")]
    [InlineData("setresuid-again", "CAP_SYS_TIME", null)]
    [InlineData("setresuid", null, "CAP_SYS_TIME")]
    public async Task Change_is_refused_by_the_capabilities_that_it_adds(string way, string? gained, string? other)
    {
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Changer, way).Granted.ShouldBeTrue("works without a rule");
        if (other is not null)
        {
            await agent.EnsureAsync(Deny($"\"{other}\" in credentials.gained"));
            Answer.Of(Changer, way).Granted.ShouldBeTrue("does not add that one");
        }
        if (gained is not null)
        {
            await agent.EnsureAsync(Deny($"\"{gained}\" in credentials.gained"));
            var cursor = await agent.CursorAsync();
            Answer.Of(Changer, way).Refused.ShouldBeTrue();
            Answer.Of(Neighbour, way).Granted.ShouldBeTrue("another program");
            var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
            decision.Request!.Gained!.ShouldContain(g => string.Equals(g, gained, StringComparison.Ordinal));
        }
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Program_that_gains_by_the_set_user_id_bit_is_refused_and_the_same_without_gain_runs()
    {
        var gains = _volume.Add(InGuest.Attack("payload-static"), "gains");
        var plain = _volume.Add(InGuest.Attack("payload-static"), "plain");
        InGuest.Prepare($"chmod 755 {_volume.Folder}; chmod 4755 {gains}");
        await agent.EnsureAsync(Rules.Neutral);
        AsUser(gains).Ran.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-gain", "process.exec", "exec.setuidGain"));
        var cursor = await agent.CursorAsync();
        AsUser(gains).ExitCode.ShouldBe(126, "refused to a user who is not root");
        AsUser(plain).Ran.ShouldBeTrue("the same program without the bit");
        InGuest.Run(gains).Ran.ShouldBeTrue("root gains nothing");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Request!.SetuidGain.ShouldBe(true);
        decision.Subject.Process.EffectiveUid.ShouldBe(1000u, "who acts, before the change");
        decision.Object.Image!.Path.ShouldBe(gains);
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Program_that_gains_capabilities_by_its_file_is_refused()
    {
        using var ext4 = Volume.Create("ext4");
        var gains = ext4.Add(InGuest.Attack("payload-static"), "gains");
        InGuest.Prepare($"chmod 755 {Path.GetDirectoryName(ext4.Folder)} {ext4.Folder}; setcap cap_net_raw+ep {gains}");
        await agent.EnsureAsync(Rules.Neutral);
        AsUser(gains).Ran.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-gain", "process.exec", "exec.setuidGain"));
        AsUser(gains).ExitCode.ShouldBe(126);
        InGuest.Prepare($"setcap -r {gains}");
        AsUser(gains).Ran.ShouldBeTrue("the same file without the capability");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Program_that_gains_is_killed_where_a_variable_is_forbidden_to_programs_that_gain()
    {
        var gains = _volume.Add(InGuest.Attack("payload-static"), "gains");
        var plain = _volume.Add(InGuest.Attack("payload-static"), "plain");
        KeyValuePair<string, string>[] forbidden = [new("FORBIDDEN", "1")];
        InGuest.Prepare($"chmod 755 {_volume.Folder}; chmod 4755 {gains}");
        await agent.EnsureAsync(Rules.Neutral);
        AsUser(gains, forbidden).Ran.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Kill("no-variable", "exec.setuidGain && \"FORBIDDEN\" in exec.environment"));
        var cursor = await agent.CursorAsync();
        AsUser(gains, forbidden).ExitCode.ShouldBe(128 + 9, "killed before its first instruction");
        AsUser(gains).Ran.ShouldBeTrue("without the variable");
        AsUser(plain, forbidden).Ran.ShouldBeTrue("without gain");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Kill);
        decision.Rule.ShouldBe("no-variable");
        decision.Request!.SetuidGain.ShouldBe(true);
        await agent.EnsureAsync(Rules.Neutral);
    }

    private string Deny(string when) => Rules.Deny("no-change", "process.credentials", $"{when} && process.file == \"{Changer}\"");

    /// <summary>As a user without any capability (setpriv would keep them); 126 is chroot's way to say that the exec was refused.</summary>
    private static Outcome AsUser(string program, params KeyValuePair<string, string>[] variables) =>
        InGuest.Run("/usr/sbin/chroot", ["--userspec=1000:1000", "/", program], variables);
}
