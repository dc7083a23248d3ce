using System.Collections.Concurrent;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>Notes what it is told, and refuses or not as a test wants.</summary>
internal sealed class FakeKernelShield : IKernelShield
{
    private readonly ConcurrentQueue<TamperAttempt> _attempts = new();
    private int _updates;

    public bool TookOver { get; init; }

    public bool IsSealed { get; set; }

    public uint Keeper { get; set; }

    public IReadOnlyList<byte> Options { get; set; } = new byte[32];

    public bool Holds { get; set; } = true;

    /// <summary>A path that cannot be guarded.</summary>
    public string? Unguardable { get; set; }

    public List<string> Told { get; } = [];

    public bool IsDisposed { get; private set; }

    /// <summary>Records are lost when the ring is full; the count goes on.</summary>
    public bool RingIsFull { get; set; }

    public void Attempt(TamperDeed deed, uint pid = 7, string command = "rm", params string[] groups)
    {
        if (deed == TamperDeed.Update)
        {
            Interlocked.Increment(ref _updates);
        }

        if (!RingIsFull)
        {
            _attempts.Enqueue(new TamperAttempt(1, pid, 0, command, deed, 0, groups));
        }
    }

    public void Clear() => Told.Add("clear");

    public void Guard(string path)
    {
        if (string.Equals(path, Unguardable, StringComparison.Ordinal))
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"the shield, {path}: no room");
        }

        Told.Add("guard " + path);
    }

    public void GuardContent(string path) => Told.Add("content " + path);

    public void GuardBacking(string path) => Told.Add("backing " + path);

    public void GuardDevice(uint major, uint minor) => Told.Add($"device {major}:{minor}");

    /// <summary>What clients protect.</summary>
    public IReadOnlyList<ShieldGroup> Groups { get; private set; } = [];

    public void Protect(IReadOnlyList<ShieldGroup> groups)
    {
        if (groups.SelectMany(static g => g.Files).FirstOrDefault(f => string.Equals(f, Unguardable, StringComparison.Ordinal)) is { } path)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"the shield, {path}: no room");
        }

        Groups = groups;
        Told.Add("protect " + string.Join(',', groups.Select(static g => g.Name)));
    }

    public List<string> EarlierHolds { get; } = [];

    public IReadOnlyList<string> FindEarlierHolds() => [.. EarlierHolds];

    public void SetKeeper(string program) => Told.Add("keeper " + program);

    public void Seal(ReadOnlySpan<byte> options)
    {
        Options = options.ToArray();
        IsSealed = true;
        Told.Add("seal");
    }

    public void Unseal()
    {
        IsSealed = false;
        Told.Add("unseal");
    }

    public IReadOnlyList<CanaryResult> Prove() => [new CanaryResult("shield", Holds, Holds ? "refused" : "opened")];

    public IReadOnlyDictionary<TamperDeed, ulong> ReadRefused() => new Dictionary<TamperDeed, ulong>
    {
        [TamperDeed.Name] = 3,
        [TamperDeed.Update] = (ulong)Volatile.Read(ref _updates),
    };

    public int Consume(Action<TamperAttempt> handler, TimeSpan timeout)
    {
        var count = 0;
        for (; _attempts.TryDequeue(out var attempt); count++)
        {
            handler(attempt);
        }

        if (count == 0)
        {
            Thread.Sleep(5);
        }

        return count;
    }

    public void Dispose() => IsDisposed = true;
}
