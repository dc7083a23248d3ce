namespace Gatehouse.Policy;

/// <summary>What a process or thread shares with its maker, and how it is made.</summary>
public enum CreationTrait
{
    /// <summary><c>share-descriptors</c>.</summary>
    ShareDescriptors = 1,

    /// <summary><c>share-file-system</c>: root, working directory and umask.</summary>
    ShareFileSystem = 2,

    /// <summary><c>share-memory</c>.</summary>
    ShareMemory = 3,

    /// <summary><c>share-signal-handlers</c>.</summary>
    ShareSignalHandlers = 4,

    /// <summary><c>same-parent</c>: its parent is its maker's.</summary>
    SameParent = 5,

    /// <summary><c>traced</c>: who traces its maker traces it.</summary>
    Traced = 6,

    /// <summary><c>vfork</c>: its maker waits until it ends or executes something.</summary>
    Vfork = 7,
}
