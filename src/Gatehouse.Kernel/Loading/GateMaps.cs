using Gatehouse.Abi;
using Gatehouse.Interop.Handles;
using Gatehouse.Kernel.Events;

namespace Gatehouse.Kernel.Loading;

/// <summary>The maps beside the policy tables: configuration, binding, counters, events.</summary>
internal sealed class GateMaps(PinSet pins) : IDisposable
{
    private readonly BpfVariable<Config> _config = pins.OpenVariable<Config>("gh_config");
    private readonly BpfMap _lost = pins.OpenMap("gh_lost");
    private readonly BpfMap _sequence = pins.OpenMap("gh_sequence");

    public BpfMap Binding { get; } = pins.OpenMap("gh_binding");

    public BpfMap Seen { get; } = pins.OpenMap("gh_seen");

    public BpfMap Counts { get; } = pins.OpenMap("gh_counts");

    public BpfMap Events { get; } = pins.OpenMap("gh_events");

    public void WriteConfig(ReportMode reporting, InodeKey canary) => _config.With((ref Config config) => config = new Config
    {
        AbiVersion = (uint)Abi.Abi.Version,
        Report = (uint)(reporting == ReportMode.All ? Report.All : Report.Matched),
        Canary = canary,
        HostMountNamespace = HostNamespace.MountInode,
    });

    public GateCounters ReadCounters(long unreadable)
    {
        var values = Enum.GetValues<Counter>().Where(static c => c != Counter.Count)
            .ToDictionary(Words.Of, c => Counts.SumPerCpu((uint)c), StringComparer.Ordinal);
        values["events-unreadable"] = (ulong)unreadable;
        var lost = new Dictionary<string, ulong>(StringComparer.Ordinal);
        for (var operation = 1u; operation < (uint)Operation.Count; operation++)
        {
            var word = Words.Of((Operation)operation);
            lost[word] = lost.GetValueOrDefault(word) + _lost.SumPerCpu(operation);
        }
        return new GateCounters(values, lost, _sequence.TryLookup(0u, out Sequence sequence) ? sequence.Global : 0);
    }

    public void Dispose()
    {
        foreach (var map in new IDisposable[] { _config, _lost, _sequence, Binding, Seen, Counts, Events })
            map.Dispose();
    }
}
