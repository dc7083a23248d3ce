namespace Gatehouse.Policy;

/// <summary>What a protection lets a process do with its memory.</summary>
public enum MemoryAccess
{
    /// <summary><c>read</c>.</summary>
    Read = 1,

    /// <summary><c>write</c>.</summary>
    Write = 2,

    /// <summary><c>execute</c>.</summary>
    Execute = 3,
}
