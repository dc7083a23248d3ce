using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Inside a mount namespace or a chroot whoever makes it chooses the names. A name grants nothing, and hides nothing that was bound.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class ForgedPathTests(QuietAgent agent) : IDisposable
{
    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Exempt => field ??= _volume.Add(InGuest.Attack("subject"), "exempt");
    private string Attacker => field ??= Other("attacker");

    public void Dispose() => _volume.Dispose();

    [Theory]
    [InlineData("process.file == \"{0}\"")]
    [InlineData("process.sha256 == \"{1}\"")]
    public async Task Attacker_mounted_over_an_exempted_program_is_not_exempt(string exemption)
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        var condition = string.Format(System.Globalization.CultureInfo.InvariantCulture, exemption, Exempt, Volume.Sha256Of(Exempt));
        var attempt = $"plain {victim.Pid}";
        string[] forgeries =
        [
            $"unshare -m sh -c 'mount --bind {Attacker} {Exempt} && exec {Exempt} {attempt}'",
            $"unshare -m sh -c 'mount -t tmpfs none {_volume.Folder} && cp {InGuest.Attack("subject")} {Exempt} && echo x >> {Exempt} && exec {Exempt} {attempt}'",
            ChrootTo(Attacker, Exempt, attempt),
        ];
        await agent.EnsureAsync(Rules.Neutral);
        foreach (var forgery in forgeries)
            Says(forgery).Granted.ShouldBeTrue($"works without a rule: {forgery}");

        await agent.EnsureAsync(
            Rules.Of("exempt", "process.open", condition, "allow")
            + Rules.Deny("closed", "process.open", $"target.file == \"{InGuest.Attack("victim")}\" && open.right == \"signal\""));
        Answer.Of(Exempt, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("the exempted program itself");
        Answer.Of(Attacker, "plain", $"{victim.Pid}").Refused.ShouldBeTrue("the attacker under its own name");
        foreach (var forgery in forgeries)
            Says(forgery).Refused.ShouldBeTrue(forgery);
        Says($"unshare -m sh -c 'mount --bind {Exempt} {Attacker} && exec {Attacker} {attempt}'")
            .Granted.ShouldBeTrue("the exempted program under the attacker's name is still itself");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Program_that_a_rule_denies_by_path_acts_under_no_other_name()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        var attempt = $"plain {victim.Pid}";
        var other = Path.Combine(_volume.Folder, "another-name");
        string[] forgeries =
        [
            $"ln -f {Attacker} {other} && {other} {attempt}; rm {other}",
            $"mv -f {Attacker} {other} && {other} {attempt}; mv {other} {Attacker}",
            $"unshare -m sh -c 'touch {other} && mount --bind {Attacker} {other} && exec {other} {attempt}'",
            ChrootTo(Attacker, "/program", attempt),
            $"cd {_volume.Folder} && unshare -m sh -c 'mount -t tmpfs none / && exec ./attacker {attempt}'",
        ];
        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.executable == \"{Attacker}\" && open.right == \"signal\""));
        foreach (var forgery in forgeries)
            Says(forgery).Refused.ShouldBeTrue(forgery);
        Answer.Of(Exempt, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("another program");
        await agent.EnsureAsync(Rules.Neutral);
        foreach (var forgery in forgeries)
            Says(forgery).Granted.ShouldBeTrue($"works without a rule: {forgery}");
    }

    [Fact]
    public async Task Copy_that_is_mounted_under_a_denied_name_is_denied_by_that_name()
    {
        // Nothing is bound there: the spelling alone refuses, and that is all that a spelling does.
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        var name = Path.Combine(_volume.Folder, "denied-name");
        var forgery = $"unshare -m sh -c 'touch {name} && mount --bind {Attacker} {name} && exec {name} plain {victim.Pid}'";
        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.executable == \"{name}\" && open.right == \"signal\""));
        Says(forgery).Refused.ShouldBeTrue();
        Answer.Of(Attacker, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("under its own name");
        await agent.EnsureAsync(Rules.Neutral);
        Says(forgery).Granted.ShouldBeTrue("works without a rule");
    }

    [Fact]
    public async Task Process_in_another_mount_namespace_is_known_as_such()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        var inside = $"unshare -m {Attacker} plain {victim.Pid}";
        await agent.EnsureAsync(Rules.Deny("no-containers", "process.open", "process.container && open.right == \"signal\""));
        Says(inside).Refused.ShouldBeTrue();
        Answer.Of(Attacker, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("outside");
        await agent.EnsureAsync(Rules.Neutral);
        Says(inside).Granted.ShouldBeTrue("works without a rule");
    }

    /// <summary>A chroot that holds the program under a name of the attacker's choice.</summary>
    private string ChrootTo(string program, string name, string arguments)
    {
        var root = $"{_volume.Folder}/root";
        return $"mkdir -p {root}{Path.GetDirectoryName(name)} && ln -f {program} {root}{name} && chroot {root} {name} {arguments}";
    }

    /// <summary>The same program with other content.</summary>
    private string Other(string name)
    {
        var file = _volume.Add(InGuest.Attack("subject"), name);
        File.AppendAllText(file, "x");
        return file;
    }

    private static Answer Says(string line)
    {
        var outcome = InGuest.Shell(line);
        return Answer.Parse(outcome.Output, outcome.ToString());
    }
}
