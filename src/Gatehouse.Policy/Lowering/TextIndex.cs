namespace Gatehouse.Policy;

/// <summary>Masks by <see cref="PolicyField.Index"/> that hold the answers to tests, as the kernel side numbers them.</summary>
internal static class TextIndex
{
    /// <summary>Of a process: ancestor tests.</summary>
    public const int Ancestors = 2;

    /// <summary>Of the operation: tests of arguments.</summary>
    public const int Arguments = 2;

    /// <summary>Of the operation: tests of the names of environment variables.</summary>
    public const int Environment = 3;
}
