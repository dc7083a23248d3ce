using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;

namespace Gatehouse.Agent.Clients;

/// <summary>A filter made ready to be asked for each event. Immutable; asking allocates nothing.</summary>
internal sealed class EventMatcher
{
    private const uint Everything = uint.MaxValue;

    private static readonly int s_loss = EventLayout.NumberOf("loss");

    private readonly Dictionary<(int Pid, long StartTimeNs), uint> _processes = [];
    private readonly PathMutes _paths = new();
    private readonly PathMutes _targets = new();
    private readonly uint _wanted;
    private readonly bool _processesInverted;
    private readonly bool _pathsInverted;
    private readonly bool _targetsInverted;
    private readonly int _ownPid;
    private readonly int _agentPid;

    /// <param name="filter">What the client wants; it has no problem.</param>
    /// <param name="classes">What it may have.</param>
    /// <param name="ownPid">The client's process.</param>
    public EventMatcher(EventFilter filter, IReadOnlyList<string> classes, int ownPid)
    {
        // An operation that this agent has no number for is of a class that the client may not have either.
        var permitted = MaskOf(EventLayout.Operations.Where(o => classes.Contains(o.Split('.')[0], StringComparer.Ordinal)));
        _wanted = filter.Operations.Count == 0 ? permitted : permitted & MaskOf(filter.Operations);
        _processesInverted = filter.Inverted.Contains(MuteKind.Process);
        _pathsInverted = filter.Inverted.Contains(MuteKind.Path);
        _targetsInverted = filter.Inverted.Contains(MuteKind.TargetPath);
        _ownPid = filter.ExcludeOwn ? ownPid : 0;
        _agentPid = filter.DefaultMutes ? Environment.ProcessId : 0;
        foreach (var mute in filter.Mutes)
        {
            var mask = mute.Operations.Count == 0 ? Everything : MaskOf(mute.Operations);
            switch (mute.Kind)
            {
                case MuteKind.Process:
                    _processes[(mute.Pid, mute.StartTimeNs)] = _processes.GetValueOrDefault((mute.Pid, mute.StartTimeNs)) | mask;
                    break;
                case MuteKind.Path:
                    _paths.Add(mute, mask);
                    break;
                default:
                    _targets.Add(mute, mask);
                    break;
            }
        }
    }

    /// <summary>Whether events of an operation may come at all.</summary>
    public bool Wants(int operation) => operation == s_loss || (_wanted & (1u << operation)) != 0;

    public bool Wants(in EventView view)
    {
        var operation = view.Bytes[EventLayout.Operation];
        if (operation == s_loss)
        {
            return true;
        }

        var bit = 1u << operation;
        if ((_wanted & bit) == 0)
        {
            return false;
        }

        if (view.Kind != EventKind.Decision)
        {
            return true;
        }

        if ((_ownPid != 0 && view.Pid == _ownPid) || (_agentPid != 0 && (view.IsCanary || view.Pid == _agentPid)))
        {
            return false;
        }

        // The same answer as the kind's inversion means: kept back.
        var processNamed = _processes.Count > 0 && (_processes.GetValueOrDefault((view.Pid, view.StartTimeNs)) & bit) != 0;
        return processNamed == _processesInverted
            && (_paths.Fits(view.ExecutableUtf8, bit) == _pathsInverted)
            && ((_targets.Fits(view.ImagePathUtf8, bit) || _targets.Fits(view.TargetExecutableUtf8, bit)) == _targetsInverted);
    }

    private static uint MaskOf(IEnumerable<string> operations) =>
        operations.Select(EventLayout.NumberOf).Where(static n => n != 0).Aggregate(0u, static (mask, n) => mask | (1u << n));

    /// <summary>Paths by their bytes.</summary>
    private sealed class PathMutes
    {
        private readonly Dictionary<byte[], uint> _literals = new(ByteComparer.Instance);
        private readonly Dictionary<byte[], uint>.AlternateLookup<ReadOnlySpan<byte>> _find;
        private ImmutableArray<(byte[] Path, uint Mask)> _prefixes = [];

        public PathMutes() => _find = _literals.GetAlternateLookup<ReadOnlySpan<byte>>();

        public void Add(EventMute mute, uint mask)
        {
            var path = Encoding.UTF8.GetBytes(mute.Path!);
            if (mute.IsPrefix)
            {
                _prefixes = _prefixes.Add((path, mask));
            }
            else
            {
                _literals[path] = _literals.GetValueOrDefault(path) | mask;
            }
        }

        public bool Fits(ReadOnlySpan<byte> path, uint bit)
        {
            if (path.IsEmpty)
            {
                return false;
            }

            if (_literals.Count > 0 && _find.TryGetValue(path, out var mask) && (mask & bit) != 0)
            {
                return true;
            }

            foreach (var (prefix, operations) in _prefixes)
            {
                if ((operations & bit) != 0 && path.StartsWith(prefix))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static ByteComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // Seeded by the runtime: who chooses paths does not choose collisions.
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
