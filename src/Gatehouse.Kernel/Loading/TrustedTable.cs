using Gatehouse.Abi;
using Gatehouse.Interop.Handles;

namespace Gatehouse.Kernel.Loading;

/// <summary>The kernel's table of digests that somebody vouches for.</summary>
internal sealed class TrustedTable(PinSet pins) : IDisposable
{
    private readonly BpfMap _map = pins.OpenMap("gh_trusted");
    private readonly Lock _replacing = new();

    /// <summary>
    /// Makes the table what it is told: first takes away what is trusted no more, then adds. What finds no room is left out, in
    /// the order of the collection's end.
    /// </summary>
    public TrustOutcome Replace(IReadOnlyCollection<TrustedDigest> digests)
    {
        var wanted = new Dictionary<TrustKey, uint>(digests.Count, KeyComparer.Instance);
        var leftOut = 0;
        foreach (var digest in digests)
        {
            if (wanted.Count >= (int)Limit.TrustedEntries)
                leftOut++;
            else
                wanted[KeyOf(digest)] = (uint)digest.Source;
        }

        lock (_replacing)
        {
            foreach (var key in _map.ReadKeys<TrustKey>())
            {
                if (!wanted.ContainsKey(key))
                    _map.Remove(key);
            }

            _map.UpdateMany<TrustKey, uint>([.. wanted.Keys], [.. wanted.Values]);
        }

        return new TrustOutcome(wanted.Count, leftOut);
    }

    public void Dispose() => _map.Dispose();

    private static TrustKey KeyOf(TrustedDigest digest)
    {
        var key = new TrustKey { Kind = (uint)digest.Kind };
        if (digest.Digest.Length != (int)Limit.HashBytes)
            throw new InvalidOperationException($"a digest has {(int)Limit.HashBytes} bytes, not {digest.Digest.Length}");
        digest.Digest.Span.CopyTo(key.Digest);
        return key;
    }

    private sealed class KeyComparer : IEqualityComparer<TrustKey>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(TrustKey x, TrustKey y)
        {
            ReadOnlySpan<byte> left = x.Digest, right = y.Digest;
            return x.Kind == y.Kind && left.SequenceEqual(right);
        }

        public int GetHashCode(TrustKey key)
        {
            ReadOnlySpan<byte> digest = key.Digest;
            return BitConverter.ToInt32(digest);
        }
    }
}
