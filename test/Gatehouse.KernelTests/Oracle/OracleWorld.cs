using System.Globalization;
using Gatehouse.KernelTests.Guest;
using Gatehouse.Policy;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>
/// The real things that random policies are about: files on three kinds of file systems, processes to reach for, and seats from
/// which programs are started. All live through all policies.
/// </summary>
internal sealed class OracleWorld : IDisposable
{
    private readonly OracleFiles _files = new();

    public OracleWorld()
    {
        AllCapabilities = ulong.Parse(
            File.ReadLines("/proc/self/status").Single(static l => l.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);
        var driver = InGuest.Attack("oracle_driver");
        Driver = OracleFile.At(driver);
        Seats = [.. OracleIdentity.OfSeats.Select(who => new OracleSeat(Companion.Ready(driver, ["seat", .. who.Arguments]), who))];
        Victims = [.. _files.Residents.Select((program, i) => Victim(program, OracleIdentity.OfVictims[i % OracleIdentity.OfVictims.Count]))];
    }

    public ulong AllCapabilities { get; }

    /// <summary>What can be started and goes on as a driver.</summary>
    public IReadOnlyList<OracleFile> Programs => _files.Programs;

    public IReadOnlyList<OracleFile> Scripts => _files.Scripts;

    /// <summary>What is only mapped; small, because some of it is hashed each time.</summary>
    public IReadOnlyList<OracleFile> Libraries => _files.Libraries;

    public IEnumerable<OracleFile> Files => [.. Programs, .. Scripts, .. Libraries];

    public IReadOnlyList<string> VerityDigests => [.. Files.Select(static f => f.VerityDigest).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>What the seats run; no rule is about it.</summary>
    public OracleFile Driver { get; }

    public IReadOnlyList<OracleSeat> Seats { get; }

    public IReadOnlyList<OracleVictim> Victims { get; }

    /// <summary>By process id: what each driver of the policy in force is.</summary>
    public Dictionary<int, ProcessFacts> Drivers { get; } = [];

    /// <summary>Every path of the pool begins so, and no other path of the guest does.</summary>
    public IReadOnlyList<string> Roots => _files.Roots;

    public void Dispose()
    {
        foreach (var seat in Seats)
            seat.Companion.Dispose();
        foreach (var victim in Victims)
            victim.Companion.Dispose();
        _files.Dispose();
    }

    private static OracleVictim Victim(OracleFile program, OracleIdentity who) =>
        new(Companion.Ready(program.Path, ["victim", .. who.Arguments]), program, who);
}

/// <summary>A process that runs the driver and starts programs of the pool as somebody.</summary>
internal sealed record OracleSeat(Companion Companion, OracleIdentity Who);

/// <summary>A process of the pool that others reach for.</summary>
internal sealed record OracleVictim(Companion Companion, OracleFile Program, OracleIdentity Who);
