using System.Runtime.InteropServices;

namespace Gatehouse.Kernel;

/// <summary>A digest that is trusted.</summary>
/// <param name="Digest">32 bytes.</param>
/// <param name="Kind">What they are made of.</param>
/// <param name="Source">The strongest source that names it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TrustedDigest(ReadOnlyMemory<byte> Digest, TrustedDigestKind Kind, TrustSource Source);
