using System.Collections.Immutable;
using System.Diagnostics;
using Gatehouse.Abi;
using Gatehouse.Interop;
using Gatehouse.Interop.Handles;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Kernel.Canaries;
using Gatehouse.Kernel.Events;
using Gatehouse.Kernel.Loading;
using Gatehouse.Kernel.Questions;
using Gatehouse.Policy;

namespace Gatehouse.Kernel;

/// <summary>Enforcement attached to the running kernel through libbpf.</summary>
/// <inheritdoc cref="IKernelGate" path="/remarks" />
public sealed class KernelGate : IKernelGate
{
    private readonly PinSet _pins;
    private readonly TableSet _tables;
    private readonly GateMaps _maps;
    private readonly PathBinder _binder;
    private readonly Canary _canary;
    private readonly TrustedTable _trusted;
    private readonly KernelAnswerTable _answers;
    private readonly Lock _loading = new();
    private BpfRing? _ring;
    private Action<GateDecision>? _handler;
    private ReportMode _reporting;
    private InodeKey _canaryKey;
    private long _unreadable;

    private ImmutableArray<string> _ancestorTests = [];

    private KernelGate(PinSet pins, IReadOnlyDictionary<string, BpfMapShape> shapes, bool tookOver, ReportMode reporting)
    {
        _pins = pins;
        TookOver = tookOver;
        _reporting = reporting;
        _tables = new TableSet(pins, shapes);
        _maps = new GateMaps(pins);
        _binder = new PathBinder(_maps.Binding, _maps.Seen);
        _canary = new Canary(_maps.Counts);
        _trusted = new TrustedTable(pins);
        _answers = new KernelAnswerTable(pins);
    }

    /// <inheritdoc />
    public bool TookOver { get; }

    /// <inheritdoc />
    public string ObjectFingerprint => EmbeddedObject.Gate.Fingerprint;

    /// <inheritdoc />
    public ulong Generation => _tables.Active;

    /// <summary>
    /// Adopts enforcement that an earlier agent with the same kernel object left pinned, or loads, attaches and pins it.
    /// Enforcement of another version stays in force beside the new one until the first <see cref="Load"/>.
    /// </summary>
    /// <exception cref="KernelGateException">
    /// <see cref="GateFailure.Unsupported"/>: the kernel refused the programs; <see cref="KernelGateException.Details"/> has
    /// the verifier's log. <see cref="GateFailure.OperationFailed"/>: pins could not be made or opened.
    /// </exception>
    public static KernelGate AttachOrTakeOver(KernelGateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            var pins = new PinSet(options.PinRoot, EmbeddedObject.Gate.Fingerprint);
            using var kernelObject = ObjectLoader.Open(options);
            var shapes = TableSet.ShapesOf(kernelObject);
            var tookOver = pins.IsWhole(kernelObject.ProgramNames, ObjectLoader.MapsOf(kernelObject).Keys);
            if (!tookOver)
                ObjectLoader.Attach(kernelObject, pins);
            var gate = new KernelGate(pins, shapes, tookOver, options.Reporting);
            gate.Configure();
            return gate;
        }
        catch (InteropException failure)
        {
            throw Translate(failure);
        }
        catch (DllNotFoundException failure)
        {
            throw new KernelGateException(
                GateFailure.Unsupported, "libbpf.so.1 is missing: apt-get install libbpf1", null, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"pins below {options.PinRoot}: {failure.Message}", null, failure);
        }
    }

    /// <inheritdoc />
    public IDisposable CountRuns() => Guarded(BpfStatistics.Enable);

    /// <inheritdoc />
    public IReadOnlyList<ProgramStatistics> ReadStatistics() => Guarded(() =>
    {
        var found = new List<ProgramStatistics>();
        foreach (var program in _pins.Programs())
        {
            var counted = BpfStatistics.Read(_pins.Link(program));
            found.Add(new ProgramStatistics(program, counted.Runs, counted.RunNanoseconds, counted.Missed));
        }
        return found;
    });

    /// <inheritdoc />
    public LoadedGeneration Load(PolicyImage image, IReadOnlyDictionary<string, int>? answerSlots = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        lock (_loading)
        {
            var start = Stopwatch.GetTimestamp();
            return Guarded(() =>
            {
                var linked = PolicyCompiler.Link(image, ResolvedPaths.Of(PolicyCompiler.PathsToResolve(image)));
                var bindings = linked.BoundPaths.Select(p => _binder.Bind(p.Path)).ToList();
                var number = _tables.Switch(TableContents.Of(linked, bindings, _ancestorTests, answerSlots));
                // What an earlier agent asked of ancestors is not known: then the passes find out what can still be seen.
                _ancestorTests = linked.AncestorTests?.Tests ?? [];
                // The switch has happened; what another version left behind only denies more, and is tried again next time.
                _ = _pins.TryRemoveOthers();
                return new LoadedGeneration(number, bindings, Stopwatch.GetElapsedTime(start));
            });
        }
    }

    /// <inheritdoc />
    public CanaryReport ProveCanary()
    {
        lock (_loading)
        {
            return Guarded(() =>
            {
                // Without an identity the canary would run instead of being refused, and say so.
                if (_canaryKey.Inode == 0)
                    Configure();
                return _canary.Prove();
            });
        }
    }

    /// <inheritdoc />
    public GateCounters ReadCounters() => Guarded(() => _maps.ReadCounters(Interlocked.Read(ref _unreadable)));

    /// <inheritdoc />
    public bool OthersPinned => _pins.OthersExist;

    /// <inheritdoc />
    public IReadOnlyList<PartlyEnforced> PartlyEnforced => PartEnforcement.OfThisHost();

    /// <inheritdoc />
    public IAnswerTable Answers => _answers;

    /// <inheritdoc />
    public int Consume(Action<GateDecision> handler, TimeSpan timeout)
    {
        _handler = handler;
        return Guarded(() =>
        {
            _ring ??= new BpfRing(_maps.Events, Receive);
            return _ring.Poll(timeout < TimeSpan.Zero ? -1 : (int)Math.Min(timeout.TotalMilliseconds, int.MaxValue));
        });
    }

    /// <inheritdoc />
    public TrustOutcome ReplaceTrusted(IReadOnlyCollection<TrustedDigest> digests)
    {
        ArgumentNullException.ThrowIfNull(digests);
        return Guarded(() => _trusted.Replace(digests));
    }

    /// <inheritdoc />
    public void SetReporting(ReportMode mode)
    {
        lock (_loading)
        {
            _reporting = mode;
            Guarded(() => _maps.WriteConfig(_reporting, _canaryKey));
        }
    }

    /// <inheritdoc />
    public void EndEnforcement()
    {
        lock (_loading)
        {
            _ = _pins.TryRemoveOthers();
            _pins.Remove();
            _pins.RemoveRootIfEmpty();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ring?.Dispose();
        _canary.Dispose();
        _answers.Dispose();
        _trusted.Dispose();
        _tables.Dispose();
        _maps.Dispose();
    }

    /// <summary>One record that cannot be read is counted, and the next one is read.</summary>
    private void Receive(ReadOnlySpan<byte> record)
    {
        GateDecision decision;
        try
        {
            decision = DecisionReader.Read(record);
        }
        catch (InvalidDataException)
        {
            Interlocked.Increment(ref _unreadable);
            return;
        }
        _handler?.Invoke(decision);
    }

    /// <summary>The agent knows what to do after a <see cref="KernelGateException"/>, and dies of anything else.</summary>
    private static T Guarded<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (InteropException failure)
        {
            throw new KernelGateException(GateFailure.OperationFailed, failure.Message, failure.Log, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new KernelGateException(GateFailure.OperationFailed, failure.Message, null, failure);
        }
    }

    private static void Guarded(System.Action operation) => Guarded(() =>
    {
        operation();
        return true;
    });

    private void Configure()
    {
        _canaryKey = _canary.Identify(_binder);
        _maps.WriteConfig(_reporting, _canaryKey);
    }

    private static KernelGateException Translate(InteropException failure)
    {
        var why = string.IsNullOrWhiteSpace(failure.Log) ? "" : "\n" + LibBpfLog.Essence(failure.Log);
        return new KernelGateException(GateFailure.Unsupported, failure.Message + why, failure.Log, failure);
    }
}
