namespace Gatehouse.Cli.Selftests;

/// <summary>Which rules a way is refused by.</summary>
internal enum WayClass
{
    Process,
    Image,
    Memory,
    Tamper,
}

/// <summary>One way to do what must be refused.</summary>
/// <param name="Name">Unique; for people and for whoever reads the JSON.</param>
/// <param name="Class">By which rules it is refused.</param>
/// <param name="Technique">ATT&amp;CK technique that it belongs to.</param>
/// <param name="Summary">What it does, in a few words.</param>
/// <param name="Attempt">Makes it: 0 or more if it worked, a negative error number if the kernel refused it.</param>
internal sealed record Way(string Name, WayClass Class, string Technique, string Summary, Func<Trial, long> Attempt)
{
    /// <summary>The right that it uses, for <see cref="WayClass.Process"/>.</summary>
    public string? Right { get; init; }

    /// <summary>
    /// On which kernels it cannot be refused, as the status words it for <see cref="Right"/>; null if it can everywhere.
    /// </summary>
    public string? Gap { get; init; }
}

/// <summary>A way cannot be tried here; the message says why.</summary>
internal sealed class NotTestableException(string message, long? result = null) : Exception(message)
{
    /// <summary>What the kernel answered to a step before the attempt; null if the reason is another.</summary>
    public long? Result => result;
}
