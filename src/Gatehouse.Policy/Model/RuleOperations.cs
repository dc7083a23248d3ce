namespace Gatehouse.Policy;

/// <summary>The operations of a rule's <c>on</c>.</summary>
[Flags]
public enum RuleOperations
{
    /// <summary>None; no rule has this.</summary>
    None = 0,

    /// <summary><c>process.exec</c>: a program is started.</summary>
    ProcessExec = 1,

    /// <summary><c>image.load</c>: a file is loaded as executable or mapped as library, or something into the kernel: a module, a BPF program.</summary>
    ImageLoad = 2,

    /// <summary><c>process.create</c>: a process is forked.</summary>
    ProcessCreate = 4,

    /// <summary><c>process.exit</c>: a process ends; can only be audited.</summary>
    ProcessExit = 8,

    /// <summary><c>process.open</c>: a process reaches for another one, with one right.</summary>
    ProcessOpen = 16,

    /// <summary><c>process.credentials</c>: users, groups, capabilities or the user namespace change.</summary>
    ProcessCredentials = 32,

    /// <summary><c>thread.create</c>: a thread is made, also a worker of io_uring.</summary>
    ThreadCreate = 64,

    /// <summary><c>thread.open</c>: a process reaches for a thread that is not its process's first.</summary>
    ThreadOpen = 128,

    /// <summary><c>memory.map</c>: memory is mapped executable, or is so at the end of an exec.</summary>
    MemoryMap = 256,

    /// <summary><c>memory.protect</c>: memory becomes executable, or writable while it is.</summary>
    MemoryProtect = 512,

    /// <summary><c>memory.write-text</c>: a process writes to its own memory through procfs, whatever its protection.</summary>
    MemoryWriteText = 1024,

    /// <summary><c>memory.userfaultfd</c>: a process makes a descriptor by which it can hold up page faults.</summary>
    MemoryUserfaultfd = 2048,
}
