using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>What an event says of who, what and why.</summary>
[Collection(WithAgent.Name)]
public sealed class EventTests(GuestAgent agent)
{
    [Fact]
    public async Task Denied_exec_names_process_image_and_rule()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload"), "payload");
        var hash = Volume.Sha256Of(program);
        var generation = await agent.ApplyAsync(GuestAgent.Deny("no-payload", $"image.sha256 == \"{hash}\"", "tags: [T1059]"));
        var cursor = await agent.CursorAsync();

        InGuest.Run("/bin/sh", "-c", $"cd {volume.Folder}; exec ./payload", "argument zero").ExitCode.ShouldBe(126);

        var decision = await agent.DecisionAsync(
            cursor, d => d.Verdict == Verdict.Deny && string.Equals(d.Operation, "process.exec", StringComparison.Ordinal));
        decision.Policy.ShouldBe("test");
        decision.Rule.ShouldBe("no-payload");
        decision.Client.ShouldBe("local");
        decision.Tags.ShouldBe(["T1059"]);
        decision.Generation.ShouldBe(generation);
        decision.Mode.ShouldBe(EventMode.Enforced);
        decision.BootId.ShouldBe((await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim());

        var image = decision.Object.Image.ShouldNotBeNull();
        image.Path.ShouldBe(program);
        image.Sha256.ShouldBe(hash);
        image.Size.ShouldBe((ulong)new FileInfo(program).Length);
        image.LinkCount.ShouldBe(1u);
        image.OwnerUid.ShouldBe(0u);

        var process = decision.Subject.Process;
        process.Command.ShouldBe("sh");
        process.Executable.ShouldBe(File.ResolveLinkTarget("/bin/sh", true)?.FullName.Replace("/bin/", "/usr/bin/", StringComparison.Ordinal).Replace("/usr/usr/", "/usr/", StringComparison.Ordinal));
        process.WorkingDirectory.ShouldBe(volume.Folder);
        process.Arguments.ShouldBe(["/bin/sh", "-c", $"cd {volume.Folder}; exec ./payload", "argument zero"]);
        process.Uid.ShouldBe(0u);
        process.LoginUid.ShouldBeNull();
        process.Ancestors[0].Pid.ShouldBe(Environment.ProcessId);
        process.PidNamespace.ShouldBe(NamespaceOf("pid"));
        process.MountNamespace.ShouldBe(NamespaceOf("mnt"));
        process.UserNamespace.ShouldBe(NamespaceOf("user"));
    }

    [Fact]
    public async Task Sequence_numbers_have_no_gap_when_nothing_is_lost()
    {
        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        var cursor = await agent.CursorAsync();
        for (var i = 0; i < 50; i++)
            InGuest.Run(InGuest.Attack("payload")).Ran.ShouldBeTrue();
        await agent.DecisionAsync(cursor, static _ => true);

        var status = await agent.Client.GetStatusAsync();
        var numbers = (await agent.RecordsAsync(cursor)).OfType<DecisionRecord>().Select(static d => d.Sequence).Order().ToList();
        numbers.Count.ShouldBeGreaterThan(49);
        numbers.Zip(numbers.Skip(1)).ShouldAllBe(static pair => pair.Second == pair.First + 1);
        status.Events.LostInKernel.Values.ShouldAllBe(static lost => lost == 0);
    }

    private static uint NamespaceOf(string kind)
    {
        var target = new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;
        return uint.Parse(target[(target.IndexOf('[', StringComparison.Ordinal) + 1)..^1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
