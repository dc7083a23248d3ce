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
}
