using System.Text;
using Gatehouse.Abi;
using Gatehouse.Interop.Handles;

namespace Gatehouse.Kernel.Loading;

/// <summary>The maps beside the policy tables: configuration, binding, counters, events.</summary>
internal sealed class GateMaps(Func<string, BpfMap> open) : IDisposable
{
    private readonly BpfMap _config = open("gh_config");
    private readonly BpfMap _lost = open("gh_lost");
    private readonly BpfMap _sequence = open("gh_sequence");

    /// <summary>Every map of the kernel object that is pinned.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "gh_active", "gh_generations", "gh_paths", "gh_bound", "gh_hashes", "gh_cells", "gh_rows", "gh_config",
        "gh_contents", "gh_epochs", "gh_binding", "gh_seen", "gh_events", "gh_counts", "gh_lost", "gh_sequence", "gh_scratch",
    ];

    public BpfMap Binding { get; } = open("gh_binding");

    public BpfMap Seen { get; } = open("gh_seen");

    public BpfMap Counts { get; } = open("gh_counts");

    public BpfMap Events { get; } = open("gh_events");

    public void WriteConfig(ReportMode reporting, InodeKey canary) => _config.Update(0u, new Config
    {
        AbiVersion = (uint)Abi.Abi.Version,
        Report = (uint)(reporting == ReportMode.All ? Report.All : Report.Matched),
        Canary = canary,
    });

    public GateCounters ReadCounters(long unreadable)
    {
        var values = Enum.GetValues<Counter>().Where(static c => c != Counter.Count)
            .ToDictionary(static c => Kebab(c.ToString()), c => Counts.SumPerCpu((uint)c), StringComparer.Ordinal);
        values["events-unreadable"] = (ulong)unreadable;
        var lost = new Dictionary<string, ulong>(StringComparer.Ordinal)
        {
            ["process.exec"] = _lost.SumPerCpu((uint)Operation.ProcessExec),
            ["image.load"] = _lost.SumPerCpu((uint)Operation.ImageLoadExecutable) + _lost.SumPerCpu((uint)Operation.ImageLoadLibrary),
        };
        return new GateCounters(values, lost, _sequence.TryLookup(0u, out Sequence sequence) ? sequence.Global : 0);
    }

    public void Dispose()
    {
        foreach (var map in new[] { _config, _lost, _sequence, Binding, Seen, Counts, Events })
            map.Dispose();
    }

    private static string Kebab(string pascal)
    {
        var text = new StringBuilder(pascal.Length + 4);
        foreach (var c in pascal)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
