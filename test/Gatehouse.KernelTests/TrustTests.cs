using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>What is trusted is a content: under every name, in every way of loading, and until it changes.</summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class TrustTests(QuietAgent agent) : IAsyncLifetime
{
    public static TheoryData<string> Kinds => Volume.Kinds;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await agent.EnsureAsync(Rules.Neutral);
        agent.EndTrust();
    }

    private static string UnknownBelow(string folder) =>
        GuestAgent.Deny("unknown", $"image.path.startsWith(\"{folder}/\") && image.trust == \"none\"");

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_recorded_is_loaded_and_what_is_not_is_refused_in_every_way(string kind)
    {
        using var volume = Volume.Create(kind);
        var known = volume.Add(InGuest.Attack("payload"), "known");
        var unknown = volume.Add("/bin/true", "unknown");
        InGuest.Run(unknown).Ran.ShouldBeTrue("without a rule");
        GuestAgent.Trust(known);
        await agent.ApplyAsync(UnknownBelow(volume.Folder));

        foreach (var (file, isKnown) in new[] { (known, true), (unknown, false), (volume.Add(known, "copy"), true) })
        {
            (InGuest.Run(file).Refused, InGuest.Run(file).Ran).ShouldBe((!isKnown, isKnown), file);
            InGuest.Run("/lib64/ld-linux-x86-64.so.2", file).Ran.ShouldBe(isKnown, "by ld.so: " + file);
            InGuest.Run(InGuest.Attack("mapexec"), file).Ran.ShouldBe(isKnown, "mapped: " + file);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_change_ends_trust_and_the_same_content_brings_it_back(string kind)
    {
        using var volume = Volume.Create(kind);
        var file = volume.Add(InGuest.Attack("payload"), "changing");
        GuestAgent.Trust(file);
        await agent.ApplyAsync(UnknownBelow(volume.Folder));
        InGuest.Run(file).Ran.ShouldBeTrue("as it was recorded");

        InGuest.Prepare($"printf x >> {file}");
        InGuest.Run(file).Refused.ShouldBeTrue("one byte more");
        InGuest.Prepare($"truncate -s -1 {file}");
        InGuest.Run(file).Ran.ShouldBeTrue("the content that was recorded");
    }

    [Fact]
    public async Task Removing_a_record_counts_at_once()
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add(InGuest.Attack("payload"), "known");
        GuestAgent.Trust(file);
        await agent.ApplyAsync(UnknownBelow(volume.Folder));
        InGuest.Run(file).Ran.ShouldBeTrue();

        GuestAgent.TrustCommand("remove", file);
        InGuest.Run(file).Refused.ShouldBeTrue();
        GuestAgent.Trust(file);
        InGuest.Run(file).Ran.ShouldBeTrue();
    }

    [Fact]
    public async Task Signer_and_baseline_are_told_apart()
    {
        using var volume = Volume.Create("tmpfs");
        var signed = volume.Add(InGuest.Attack("payload"), "signed");
        var recorded = volume.Add("/bin/true", "recorded");
        InGuest.Prepare($"""
            set -e
            cd {volume.Folder}
            openssl ecparam -name prime256v1 -genkey -noout -out key.pem
            openssl ec -in key.pem -pubout -out key.pub 2>/dev/null
            openssl dgst -sha256 -sign key.pem -out signature {signed}
            """);
        GuestAgent.Trust(recorded);
        GuestAgent.TrustCommand("add", signed, "--signature", $"{volume.Folder}/signature", "--public-key", $"{volume.Folder}/key.pub");
        await agent.ApplyAsync(GuestAgent.Deny("not-signed", $"image.path.startsWith(\"{volume.Folder}/\") && image.trust != \"signer\""));

        InGuest.Run(signed).Ran.ShouldBeTrue();
        InGuest.Run(recorded).Refused.ShouldBeTrue();
    }

    [Fact]
    public async Task While_somebody_can_write_to_it_a_file_is_trusted_by_nobody_and_still_found_by_its_hash()
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add(InGuest.Attack("payload"), "open");
        GuestAgent.Trust(file);
        await agent.ApplyAsync(UnknownBelow(volume.Folder));
        InGuest.Run(InGuest.Attack("mapexec"), file).Ran.ShouldBeTrue("nobody writes");
        InGuest.Shell($"exec 9<>{file}; {InGuest.Attack("mapexec")} {file}").ExitCode.ShouldNotBe(0, "the shell has it open for writing");
        InGuest.Run(InGuest.Attack("mapexec"), file).Ran.ShouldBeTrue("nobody writes any more");

        await agent.ApplyAsync(GuestAgent.Deny("by-hash", $"image.sha256 == \"{Volume.Sha256Of(file)}\""));
        InGuest.Shell($"exec 9<>{file}; {InGuest.Attack("mapexec")} {file}").ExitCode.ShouldNotBe(0, "a block list is not evaded by holding the file open");
    }

    [Fact]
    public async Task Digest_of_fs_verity_is_a_fact_and_can_be_trusted()
    {
        using var volume = Volume.Create("ext4-verity");
        var file = volume.Add(InGuest.Attack("payload"), "protected");
        var neighbour = volume.Add(InGuest.Attack("payload"), "neighbour");
        var outcome = InGuest.Run(InGuest.Attack("verity"), file);
        outcome.Ran.ShouldBeTrue(outcome.ToString());
        var digest = outcome.Output.Trim();

        await agent.ApplyAsync(GuestAgent.Deny("by-digest", $"image.verityDigest == \"{digest}\""));
        InGuest.Run(file).Refused.ShouldBeTrue();
        InGuest.Run(InGuest.Attack("mapexec"), file).Ran.ShouldBeFalse("mapped");
        InGuest.Run(neighbour).Ran.ShouldBeTrue("the same bytes without fs-verity");

        await File.WriteAllTextAsync($"{volume.Folder}/list", $"sha256:{digest} {file}\n");
        GuestAgent.TrustCommand("add", "--verity-digests", $"{volume.Folder}/list");
        await agent.ApplyAsync(UnknownBelow(volume.Folder));
        InGuest.Run(file).Ran.ShouldBeTrue("trusted by its digest");
        InGuest.Run(neighbour).Refused.ShouldBeTrue("nobody vouches for the bytes");
    }
}
