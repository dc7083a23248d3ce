using System.Globalization;
using Gatehouse.KernelTests.Guest;
using Gatehouse.Policy;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>
/// The real things that random policies are about: programs on three kinds of file systems, processes to reach for, and seats from
/// which programs are started. All live through all policies.
/// </summary>
internal sealed class OracleWorld : IDisposable
{
    private readonly List<Volume> _volumes = [];

    public OracleWorld()
    {
        AllCapabilities = ulong.Parse(
            File.ReadLines("/proc/self/status").Single(static l => l.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);
        Programs =
        [
            .. Fill("tmpfs", 0x01021994, 0, ["tools/alpha", "tools/alpha.old", "tools/beta", "lib/beta.so", "däta/gamma"]),
            .. Fill("ext4", 0xef53, 0, ["alpha", "bin/alpha", "bin/delta-x", "bin/delta-y"]),
            .. Fill("overlay", 0x794c7630, 2, ["bin/alpha", "opt/a/delta", "opt/b/epsilon"]),
        ];
        Link(Programs[0], "tools/link");
        Scripts = [Script(Programs[2], "scripts/run"), Script(Programs[6], "scripts/run.sh")];
        var driver = InGuest.Attack("oracle_driver");
        Driver = Describe(driver, [driver], 0);
        Seats = [.. OracleIdentity.OfSeats.Select(who => new OracleSeat(Companion.Ready(driver, ["seat", .. who.Arguments]), who))];
        Victims = [.. Programs.Select((program, i) => Victim(program, OracleIdentity.OfVictims[i % OracleIdentity.OfVictims.Count]))];
    }

    public ulong AllCapabilities { get; }

    public IReadOnlyList<OracleFile> Programs { get; private set; }

    public IReadOnlyList<OracleFile> Scripts { get; }

    /// <summary>What the seats run; no rule is about it.</summary>
    public OracleFile Driver { get; }

    public IReadOnlyList<OracleSeat> Seats { get; }

    public IReadOnlyList<OracleVictim> Victims { get; }

    /// <summary>By process id: what each driver of the policy in force is.</summary>
    public Dictionary<int, ProcessFacts> Drivers { get; } = [];

    /// <summary>Every path of the pool begins so, and no other path of the guest does.</summary>
    public IReadOnlyList<string> Roots => [.. _volumes.Select(static v => v.Folder)];

    public void Dispose()
    {
        foreach (var seat in Seats)
            seat.Companion.Dispose();
        foreach (var victim in Victims)
            victim.Companion.Dispose();
        foreach (var volume in _volumes)
            volume.Dispose();
    }

    private List<OracleFile> Fill(string kind, uint magic, ulong flags, string[] names)
    {
        var volume = Volume.Create(kind);
        _volumes.Add(volume);
        InGuest.Prepare($"chmod 755 {volume.Folder} {Path.GetDirectoryName(volume.Folder)}");
        var files = new List<OracleFile>();
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.Combine(volume.Folder, Path.GetDirectoryName(name)!));
            var path = volume.Add(InGuest.Attack("oracle_driver"), name);
            // "…/alpha" has the same content wherever it lies; all others have one of their own.
            File.AppendAllText(path, name.EndsWith("alpha", StringComparison.Ordinal) ? "alpha" : $"{kind} {name}");
            var owner = (uint)(files.Count % 3 == 0 ? 0 : 999 + files.Count);
            InGuest.Prepare($"chown {owner} {path}");
            files.Add(Describe(path, [path], owner) with { FileSystemMagic = magic, Flags = flags });
        }
        return files;
    }

    private static OracleFile Describe(string path, IReadOnlyList<string> names, uint owner) => new()
    {
        Path = path,
        Names = names,
        Sha256 = Volume.Sha256Of(path),
        Size = (ulong)new FileInfo(path).Length,
        OwnerUid = owner,
        FileSystemMagic = 0,
    };

    /// <summary>A second name for a program: one file, and rules by name and by identity must tell the difference.</summary>
    private void Link(OracleFile program, string name)
    {
        var path = Path.Combine(_volumes[0].Folder, name);
        InGuest.Prepare($"ln {program.Path} {path}");
        string[] names = [program.Path, path];
        Programs =
        [
            .. Programs.Select(p => ReferenceEquals(p, program) ? p with { Names = names } : p),
            program with { Path = path, Names = names },
        ];
    }

    private OracleFile Script(OracleFile interpreter, string name)
    {
        var path = Path.Combine(_volumes[0].Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!{interpreter.Path} end\n# {name}\n");
        InGuest.Prepare($"chmod 755 {path}");
        return Describe(path, [path], 0) with { FileSystemMagic = 0x01021994, Interpreter = interpreter };
    }

    private static OracleVictim Victim(OracleFile program, OracleIdentity who) =>
        new(Companion.Ready(program.Path, ["victim", .. who.Arguments]), program, who);
}

/// <summary>A process that runs the driver and starts programs of the pool as somebody.</summary>
internal sealed record OracleSeat(Companion Companion, OracleIdentity Who);

/// <summary>A process of the pool that others reach for.</summary>
internal sealed record OracleVictim(Companion Companion, OracleFile Program, OracleIdentity Who);
