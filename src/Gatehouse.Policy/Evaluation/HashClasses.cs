namespace Gatehouse.Policy;

/// <summary>Classes of hashes that come from no table, as the kernel side numbers them.</summary>
internal static class HashClasses
{
    /// <summary>Could not be known.</summary>
    public const int Unknown = 1;

    /// <summary>The content may change.</summary>
    public const int Volatile = 2;

    /// <summary>Known, and no rule names it.</summary>
    public const int Other = 3;

    /// <summary>Of trust, the class of its first word.</summary>
    public const int FirstTrust = 3;
}
