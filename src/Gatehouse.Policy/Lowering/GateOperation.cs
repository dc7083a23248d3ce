namespace Gatehouse.Policy;

/// <summary>The operations the kernel side decides, as it numbers them.</summary>
public enum GateOperation
{
    /// <summary>Not an operation.</summary>
    None = 0,

    /// <summary>A program is started with execve or execveat.</summary>
    ProcessExec = 1,

    /// <summary>A file is loaded by exec: the program itself, its interpreter.</summary>
    ImageLoadExecutable = 2,

    /// <summary>
    /// A running process maps a file executable: a shared library, or a program started through ld.so.
    /// </summary>
    ImageLoadLibrary = 3,

    /// <summary>A process is forked.</summary>
    ProcessCreate = 4,

    /// <summary>A process ends; never refused.</summary>
    ProcessExit = 5,

    /// <summary>A process asks for one right over another process.</summary>
    ProcessOpen = 6,

    /// <summary>Users, groups, capabilities or the user namespace change.</summary>
    ProcessCredentials = 7,

    /// <summary>A thread is made.</summary>
    ThreadCreate = 8,

    /// <summary>A process asks for one right over a thread that is not its process's first; beside ProcessOpen.</summary>
    ThreadOpen = 9,

    /// <summary>
    /// <see cref="ProcessExec"/> once more, when arguments and environment are known; nothing can be refused any more.
    /// </summary>
    ProcessExecArguments = 10,

    /// <summary>What the kernel itself reads or is given is loaded: a module, a kexec image, firmware.</summary>
    ImageLoadKernel = 11,

    /// <summary>A BPF program is loaded; it is no file, so that only the process, the kind and the type can be tested.</summary>
    ImageLoadProgram = 12,

    /// <summary>Memory without a file is mapped executable, or is so at the end of an exec.</summary>
    MemoryMap = 13,

    /// <summary>The same of memory with a file.</summary>
    MemoryMapFile = 14,

    /// <summary>Memory without a file becomes executable, or writable while it is.</summary>
    MemoryProtect = 15,

    /// <summary>The same of memory with a file.</summary>
    MemoryProtectFile = 16,

    /// <summary>A process writes to its own memory through procfs, whatever its protection.</summary>
    MemoryWriteText = 17,

    /// <summary>A process makes a userfaultfd.</summary>
    MemoryUserfaultfd = 18,
}
