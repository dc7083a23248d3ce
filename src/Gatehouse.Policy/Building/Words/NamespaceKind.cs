namespace Gatehouse.Policy;

/// <summary>Kinds of namespaces.</summary>
public enum NamespaceKind
{
    /// <summary><c>cgroup</c>.</summary>
    Cgroup = 1,

    /// <summary><c>ipc</c>.</summary>
    Ipc = 2,

    /// <summary><c>mount</c>.</summary>
    Mount = 3,

    /// <summary><c>network</c>.</summary>
    Network = 4,

    /// <summary><c>pid</c>.</summary>
    Pid = 5,

    /// <summary><c>time</c>.</summary>
    Time = 6,

    /// <summary><c>user</c>.</summary>
    User = 7,

    /// <summary><c>uts</c>.</summary>
    Uts = 8,
}
