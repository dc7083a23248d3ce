namespace Gatehouse.Kernel;

/// <summary>What became of the digests that the kernel side was given.</summary>
/// <param name="Stored">How many it has.</param>
/// <param name="LeftOut">How many found no room. Closed: their images are not trusted.</param>
public sealed record TrustOutcome(int Stored, int LeftOut);
