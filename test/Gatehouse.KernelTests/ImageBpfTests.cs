using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>A BPF program has no file: who loads it and of what type it is are its identity.</summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageBpfTests(QuietAgent agent)
{
    private static readonly string s_object = InGuest.Attack("image_bpf.bpf.o");

    /// <summary>`by-program` loads one of type socket-filter from within one of type syscall; `classic` is none that bpf(2) loads.</summary>
    private static readonly string[] s_network = ["socket-filter", "xdp", "sched-cls", "cgroup-skb", "by-program"];

    [Fact]
    public async Task Program_is_refused_by_who_loads_it()
    {
        using var volume = Volume.Create("tmpfs");
        var (denied, other) = (volume.Add(InGuest.Attack("image_bpf"), "loader"), volume.Add(InGuest.Attack("image_bpf"), "other"));
        await agent.EnsureAsync(Rules.Neutral);
        Try(denied).ShouldBeGranted("works without a rule");
        // `by-program` and `ext` load another program first, and are broken if they cannot.
        var types = Try(denied).SupportedBut("by-program", "ext");
        var before = Try(denied, types);

        await agent.ApplyAsync(Rules.Deny("no-bpf", "image.load", $"image.kind == \"bpf-program\" && process.file == \"{denied}\""));
        var cursor = await agent.CursorAsync();
        Try(denied, types).ShouldBeRefused(before, "by process", "classic");
        Try(other).ShouldBeGranted("another process");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Rule.ShouldBe("no-bpf");
        await agent.EnsureAsync(Rules.Neutral);
        Try(denied).ShouldBeGranted("works again");
    }

    [Fact]
    public async Task Program_is_refused_by_its_type()
    {
        using var volume = Volume.Create("tmpfs");
        var denied = volume.Add(InGuest.Attack("image_bpf"), "loader");
        await agent.EnsureAsync(Rules.Neutral);
        var before = Try(denied, s_network).ShouldBeGranted("works without a rule");
        // `ext` needs a program of type sched-cls first.
        var rest = Try(denied).SupportedBut([.. s_network, "ext"]);

        await agent.ApplyAsync(Rules.Deny(
            "no-network", "image.load", $"image.programType in [\"socket-filter\", \"xdp\", \"sched-cls\", \"cgroup-skb\"] && process.file == \"{denied}\""));
        Try(denied, s_network).ShouldBeRefused(before, "types of the network");
        Try(denied, rest).ShouldBeGranted("other types");

        foreach (var type in new[] { "kprobe", "tracepoint", "raw-tracepoint", "perf-event", "tracing", "lsm", "ext", "syscall" })
        {
            var granted = Try(denied, type);
            await agent.ApplyAsync(Rules.Deny("no-type", "image.load", $"image.programType == \"{type}\" && process.file == \"{denied}\""));
            Try(denied, type).ShouldBeRefused(granted.ShouldBeGranted(type), type);
        }
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Rule_about_what_only_files_have_does_not_concern_a_program()
    {
        using var volume = Volume.Create("tmpfs");
        var loader = volume.Add(InGuest.Attack("image_bpf"), "loader");
        await agent.ApplyAsync(Rules.Deny(
            "files-only", "image.load", $"image.kind != \"library\" && image.ownerUid == 0 && process.file == \"{loader}\""));
        Try(loader).ShouldBeGranted("a BPF program has no owner");
        await agent.EnsureAsync(Rules.Neutral);
    }

    private static ImageWays Try(string loader, params string[] types) => ImageWays.Try([loader, s_object, .. types]);
}
