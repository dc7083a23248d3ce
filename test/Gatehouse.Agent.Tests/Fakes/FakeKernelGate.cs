using System.Collections.Concurrent;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Gatehouse.Policy;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>A kernel side that keeps what it is given and hands out what the test puts in.</summary>
internal sealed class FakeKernelGate : IKernelGate
{
    private readonly BlockingCollection<GateDecision> _ring = [];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ulong> _lost = new(StringComparer.Ordinal);

    public bool TookOver { get; init; }

    public string ObjectFingerprint => new('a', 64);

    public ulong Generation { get; set; }

    public PolicyImage? Image { get; private set; }

    public FakeAnswerTable AnswerTable { get; } = new();

    public IAnswerTable Answers => AnswerTable;

    public IReadOnlyList<PartlyEnforced> PartlyEnforced { get; init; } = [];

    public bool CanaryIsDenied { get; set; } = true;

    public KernelGateException? LoadFailure { get; set; }

    public bool IsDisposed { get; private set; }

    public bool EnforcementEnded { get; private set; }

    /// <summary>What each reading of the statistics finds, one after another; then no program at all.</summary>
    public Queue<IReadOnlyList<ProgramStatistics>> Statistics { get; } = new();

    /// <summary>Whether the kernel counts, and how often it was told to.</summary>
    public (bool Now, int Times) Counting { get; private set; }

    public KernelGateException? CountFailure { get; set; }

    public IDisposable CountRuns()
    {
        if (CountFailure is not null)
        {
            throw CountFailure;
        }

        Counting = (true, Counting.Times + 1);
        return new Counter(this);
    }

    public IReadOnlyList<ProgramStatistics> ReadStatistics() => Statistics.TryDequeue(out var read) ? read : [];

    public void Emit(GateDecision decision) => _ring.Add(decision);

    public void Lose(string operation, ulong count)
    {
        lock (_lock)
        {
            _lost[operation] = _lost.GetValueOrDefault(operation) + count;
        }
    }

    public LoadedGeneration Load(PolicyImage image, IReadOnlyDictionary<string, int>? answerSlots = null)
    {
        if (LoadFailure is not null)
        {
            throw LoadFailure;
        }

        Image = image;
        TrustedAtLoad = Trusted;
        Generation++;
        var bindings = image.BoundPaths.Select(static p => File.Exists(p.Path)
            ? new PathBinding(p.Path, p.Path, [new InodeIdentity(1, 2, 3)], null)
            : new PathBinding(p.Path, null, [], "ENOENT at open"));
        return new LoadedGeneration(Generation, [.. bindings], TimeSpan.FromMilliseconds(1.5));
    }

    public CanaryReport ProveCanary() => new(
        [
            new CanaryResult("bprm_check_security", CanaryIsDenied, CanaryIsDenied ? "exec gave EPERM" : "exec succeeded"),
            new CanaryResult("mmap_file", true, "mmap gave EPERM"),
        ],
        TimeSpan.FromSeconds(1));

    public GateCounters ReadCounters()
    {
        lock (_lock)
        {
            return new GateCounters(
                new Dictionary<string, ulong>(StringComparer.Ordinal) { ["decisions"] = 7 },
                new Dictionary<string, ulong>(_lost, StringComparer.Ordinal),
                LastSequence: 0);
        }
    }

    public int Consume(Action<GateDecision> handler, TimeSpan timeout)
    {
        if (!_ring.TryTake(out var decision, timeout))
        {
            return 0;
        }

        var count = 0;
        do
        {
            handler(decision);
            count++;
        }
        while (_ring.TryTake(out decision));
        return count;
    }

    /// <summary>What was trusted when the policies in force were loaded: the order matters.</summary>
    public IReadOnlyList<TrustedDigest> TrustedAtLoad { get; private set; } = [];

    public IReadOnlyList<TrustedDigest> Trusted { get; private set; } = [];

    public int TrustCapacity { get; set; } = int.MaxValue;

    public KernelGateException? TrustFailure { get; set; }

    public TrustOutcome ReplaceTrusted(IReadOnlyCollection<TrustedDigest> digests)
    {
        if (TrustFailure is not null)
        {
            throw TrustFailure;
        }

        Trusted = [.. digests.Take(TrustCapacity)];
        return new TrustOutcome(Trusted.Count, digests.Count - Trusted.Count);
    }

    public void SetReporting(ReportMode mode)
    {
    }

    public void EndEnforcement() => EnforcementEnded = true;

    public void Dispose() => IsDisposed = true;

    private sealed class Counter(FakeKernelGate gate) : IDisposable
    {
        public void Dispose() => gate.Counting = (false, gate.Counting.Times);
    }
}
