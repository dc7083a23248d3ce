using Gatehouse.Kernel.Shielding;
using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests;

/// <summary>
/// What came of every way of the attack programs `tamper` and `tamper_object`, tried once for all tests: without the shield, sealed, on a
/// neighbour that is not guarded, and after the seal was broken from inside. This process holds the shield as the agent does.
/// </summary>
public sealed class TamperTable : IAsyncLifetime
{
    private const string Pins = "/sys/fs/bpf/gatehouse-shield-test";

    /// <summary>Name and kind of each way on files, mounts, devices, settings and clocks.</summary>
    internal Dictionary<string, string> Kinds { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, MemoryAttempt> Unprotected { get; private set; } = [];

    internal Dictionary<string, MemoryAttempt> Sealed { get; private set; } = [];

    /// <summary>Ways by what was opened before the seal.</summary>
    internal Dictionary<string, MemoryAttempt> SealedLater { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, MemoryAttempt> OnNeighbour { get; private set; } = [];

    internal Dictionary<string, MemoryAttempt> Afterwards { get; private set; } = [];

    /// <summary>The same of BPF objects; unprotected on objects of the program's own.</summary>
    internal Dictionary<string, MemoryAttempt> ObjectsUnprotected { get; private set; } = [];

    internal Dictionary<string, MemoryAttempt> ObjectsSealed { get; private set; } = [];

    internal IReadOnlyDictionary<TamperDeed, ulong> Refused { get; private set; } = new Dictionary<TamperDeed, ulong>();

    internal List<TamperAttempt> Attempts { get; } = [];

    public ValueTask InitializeAsync()
    {
        var (tamper, tamperObject) = (InGuest.Attack("tamper"), InGuest.Attack("tamper_object"));
        foreach (var line in InGuest.Run(tamper, "--list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Kinds.Add(line.Split('\t')[0], line.Split('\t')[1]);
        // Of its own: one way makes every file system on a block device read-only, and takes that back for its own only.
        using (var open = Volume.Create("ext4-verity"))
            Unprotected = TryAll(Prepare(open));
        using var guarded = Volume.Create("ext4-verity");
        using var free = Volume.Create("ext4-verity");
        var (folder, neighbour) = (Prepare(guarded), Prepare(free));
        ObjectsUnprotected = MemoryAttempt.Try(tamperObject);
        // Not those that leave something beside the folder while they wait: all of them compare what is there.
        var waiting = Kinds.Keys.Where(static w => w.StartsWith("old-", StringComparison.Ordinal) && !w.Contains("mapping", StringComparison.Ordinal)
                && w is not "old-hard-link")
            .ToDictionary(static w => w, w => Companion.Start(tamper, "--wait", "--folder", folder, w), StringComparer.Ordinal);
        foreach (var companion in waiting.Values)
            companion.Read();

        using (var shield = KernelShield.AttachOrTakeOver(Pins))
        {
            var objects = ObjectsOf("gs_guarded", "gs_unlink");
            shield.Guard(folder);
            shield.GuardBacking(Path.GetFullPath(Path.Combine(guarded.Folder, "..", "image")));
            shield.Guard(Pins);
            var (major, minor) = DeviceOf(guarded.Folder);
            shield.GuardDevice(major, minor);
            shield.Seal([]);
            try
            {
                foreach (var (way, companion) in waiting)
                {
                    SealedLater.Add(way, MemoryAttempt.Parse(companion.Ask("")));
                    companion.Dispose();
                }
                Sealed = TryAll(folder);
                OnNeighbour = TryAll(neighbour);
                ObjectsSealed = MemoryAttempt.Try(tamperObject, ["--pins", InGuest.Prepare($"echo {Pins}/*/links").Trim(), .. objects]);
                Refused = shield.ReadRefused();
                while (shield.Consume(Attempts.Add, TimeSpan.Zero) > 0)
                {
                }
            }
            finally
            {
                shield.Unseal();
            }
        }
        Afterwards = MemoryAttempt.Try(tamper, "--folder", folder, "open-write", "unlink", "rename-parent", "chmod", "bind-over-folder", "ftrace-enabled");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        InGuest.Prepare($"rm -rf {Pins}");
        return ValueTask.CompletedTask;
    }

    /// <summary>Kind by kind: all of them take an emulated processor longer than a program is waited for.</summary>
    private Dictionary<string, MemoryAttempt> TryAll(string folder) => Kinds.GroupBy(static k => k.Value, static k => k.Key, StringComparer.Ordinal)
        .SelectMany(k => MemoryAttempt.Try(InGuest.Attack("tamper"), ["--folder", folder, .. k]))
        .ToDictionary(static a => a.Key, static a => a.Value, StringComparer.Ordinal);

    private static string Prepare(Volume volume)
    {
        var folder = Path.Combine(volume.Folder, "parent", "folder");
        InGuest.Prepare($"mkdir {volume.Folder}/parent && {InGuest.Attack("tamper")} --prepare {folder}");
        return folder;
    }

    private static (uint Major, uint Minor) DeviceOf(string folder)
    {
        var words = InGuest.Prepare($"findmnt -no MAJ:MIN {folder}").Trim().Split(':');
        return (uint.Parse(words[0], null), uint.Parse(words[1], null));
    }

    /// <summary>Ids of a map, a program and a link that are the shield's.</summary>
    private static string[] ObjectsOf(string map, string program)
    {
        static string Id(string text) => text.Split(':')[0].Split('\n')[^1].Trim();
        return
        [
            "--object-map", Id(InGuest.Prepare($"bpftool map show name {map}")),
            "--object-prog", Id(InGuest.Prepare($"bpftool prog show name {program}")),
            "--object-link", Id(InGuest.Prepare("bpftool link show | grep ': cgroup' | tail -1")),
        ];
    }
}
