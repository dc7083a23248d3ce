namespace Gatehouse.Policy;

/// <summary>What is behind memory.</summary>
public enum MemoryBacking
{
    /// <summary><c>anonymous</c>: nothing.</summary>
    Anonymous = 1,

    /// <summary><c>shared-memory</c>: memory without a name that can be shared: shared anonymous memory, System V.</summary>
    SharedMemory = 2,

    /// <summary><c>file</c>: a file; also one whose name was removed, and one on a file system in memory.</summary>
    File = 3,

    /// <summary><c>memfd</c>: a file without a name, of <c>memfd_create</c>.</summary>
    Memfd = 4,

    /// <summary><c>device</c>: a device, or what else is neither memory nor a regular file.</summary>
    Device = 5,
}
