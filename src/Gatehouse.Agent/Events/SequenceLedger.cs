using Gatehouse.Kernel;

namespace Gatehouse.Agent.Events;

/// <summary>
/// Finds lost events from their sequence numbers and the kernel's own loss counters. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>The kernel side gives a number before it asks for room in the ring, and the numbers of two CPUs may enter the ring
/// the wrong way round. So a number that is missing at this moment may be lost, or merely late; a gap alone proves nothing.
/// The kernel counts each event that found no room, by operation: that count is the truth and is reported as it grows.</para>
/// <para>What remains is a number that never comes and that the kernel does not count either: a fault of ours or of somebody
/// who reads our ring. For each class the ledger needs only three numbers: missing = (highest - base) - received. Late events
/// repair it by coming. What is missing beyond the kernel's count is reported only if it stays so: the smallest value seen in
/// a window of <see cref="Window"/> and at least <see cref="MinimumSamples"/> looks. Another event in flight at each
/// single look would be needed to mislead it.</para>
/// </remarks>
internal sealed class SequenceLedger(bool tookOver)
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);
    public const int MinimumSamples = 8;

    private readonly Dictionary<string, ClassState> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> _lostInKernel = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> _gapsReported = new(StringComparer.Ordinal);
    private bool _countersSeen;

    /// <summary>Whether numbers are missing that no known loss explains: a reason to read the counters soon.</summary>
    public bool HasUnexplainedGap
    {
        get
        {
            foreach (var (name, state) in _classes)
            {
                if (Unexplained(name, state) > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Gaps reported so far that the kernel does not explain, by class.</summary>
    public IReadOnlyDictionary<string, ulong> GapsReported => _gapsReported;

    /// <summary>Notes an event that arrived.</summary>
    public void Observe(string @class, ulong classSequence)
    {
        if (!_classes.TryGetValue(@class, out var state))
        {
            // After a take-over the earlier agent has read the numbers before the first one that we see.
            state = new ClassState { Base = tookOver ? classSequence - 1 : 0 };
            _classes.Add(@class, state);
        }

        if (classSequence <= state.Base)
        {
            state.Base = classSequence - 1;
        }

        state.Highest = Math.Max(state.Highest, classSequence);
        state.Received++;
    }

    /// <summary>Compares with the kernel's counters; to be called with counters read after the ring was emptied.</summary>
    /// <param name="counters">The kernel's counters.</param>
    /// <param name="now">A monotonic time.</param>
    /// <returns>Losses to report now, by cause.</returns>
    public IReadOnlyList<(string Cause, IReadOnlyDictionary<string, ulong> Lost)> Reconcile(GateCounters counters, TimeSpan now)
    {
        var losses = new List<(string, IReadOnlyDictionary<string, ulong>)>();
        var grown = new LossTally();
        foreach (var (operation, total) in counters.EventsLost)
        {
            var known = _lostInKernel.GetValueOrDefault(operation);
            if (total > known)
            {
                grown.Add(operation, total - known);
                _lostInKernel[operation] = total;
            }
        }

        if (!grown.IsEmpty)
        {
            losses.Add((tookOver && !_countersSeen ? "before-start" : "kernel-ring", grown.Take()));
        }

        _countersSeen = true;
        var gaps = new LossTally();
        foreach (var (name, state) in _classes)
        {
            var lasting = Lasting(state, Unexplained(name, state), now);
            if (lasting > 0)
            {
                gaps.Add(name, lasting);
                _gapsReported[name] = _gapsReported.GetValueOrDefault(name) + lasting;
            }
        }

        if (!gaps.IsEmpty)
        {
            losses.Add(("sequence-gap", gaps.Take()));
        }

        return losses;
    }

    private static ulong Lasting(ClassState state, ulong unexplained, TimeSpan now)
    {
        if (unexplained == 0)
        {
            state.Samples = 0;
            return 0;
        }

        if (state.Samples++ == 0)
        {
            state.GapSince = now;
            state.SmallestGap = unexplained;
        }

        state.SmallestGap = Math.Min(state.SmallestGap, unexplained);
        if (state.Samples < MinimumSamples || now - state.GapSince < Window)
        {
            return 0;
        }

        state.Samples = 0;
        return state.SmallestGap;
    }

    private ulong Unexplained(string name, ClassState state)
    {
        var span = state.Highest - state.Base;
        var missing = span > state.Received ? span - state.Received : 0;
        var explained = _gapsReported.GetValueOrDefault(name);
        foreach (var (operation, lost) in _lostInKernel)
        {
            if (ClassOf(operation).SequenceEqual(name))
            {
                explained += lost;
            }
        }

        return missing > explained ? missing - explained : 0;
    }

    private static ReadOnlySpan<char> ClassOf(string operation)
    {
        var dot = operation.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? operation : operation.AsSpan(0, dot);
    }

    private sealed class ClassState
    {
        public ulong Base;
        public ulong Highest;
        public ulong Received;
        public int Samples;
        public TimeSpan GapSince;
        public ulong SmallestGap;
    }
}
