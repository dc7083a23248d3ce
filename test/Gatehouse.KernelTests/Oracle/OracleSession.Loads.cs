using Gatehouse.Policy;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>Loads without an exec.</summary>
internal sealed partial class OracleSession
{
    private static readonly string[] s_loads = ["map", "map", "share", "protect", "protect"];

    private void Load(ProcessFacts driver)
    {
        var way = s_loads[random.Next(s_loads.Length)];
        var files = random.Next(5) switch { 0 => world.Programs, 1 => world.Scripts, _ => world.Libraries };
        var file = files[random.Next(files.Count)];
        var unlinked = file.MayBeCopied && random.Next(3) == 0;
        var loaded = unlinked ? file.Unlinked(driver) : file;
        var topic = unlinked ? way + " unlinked" : way;
        var command = $"load {way} {(unlinked ? "unlinked" : "named")} {file.Path}";
        var expected = verdicts.Load(driver, loaded, way);
        tally.Compare(Describe(driver, command), Talk.Ask(command).Split(' ')[0], expected, verdicts, topic, $"{topic} {expected[0]}");
    }
}
