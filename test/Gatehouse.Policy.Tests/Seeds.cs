using System.Globalization;

namespace Gatehouse.Policy.Tests;

/// <summary>Where random tests begin: a test prints its seed, and GH_SEED=N begins with that one again.</summary>
internal static class Seeds
{
    public static int First() => Environment.GetEnvironmentVariable("GH_SEED") is { Length: > 0 } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : Random.Shared.Next(int.MaxValue - 1_000_000);
}
