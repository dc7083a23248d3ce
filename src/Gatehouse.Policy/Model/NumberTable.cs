namespace Gatehouse.Policy;

/// <summary>Tables of bounds, as the kernel side numbers them; fields with the same kind of number share one.</summary>
public enum NumberTable
{
    /// <summary>User and group ids.</summary>
    Id = 0,

    /// <summary>Sizes in bytes.</summary>
    Size = 1,

    /// <summary>Signal numbers.</summary>
    Signal = 2,

    /// <summary>Magic numbers of file systems.</summary>
    FileSystem = 3,

    /// <summary>Exit statuses.</summary>
    Status = 4,
}
