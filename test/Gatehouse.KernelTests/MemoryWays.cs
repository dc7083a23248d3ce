namespace Gatehouse.KernelTests;

/// <summary>A way of the attack program `memory` and what the policy of <see cref="MemoryRules"/> makes of it.</summary>
/// <param name="Name">As the program calls it.</param>
/// <param name="Refusal">The answer.</param>
/// <param name="Operation">What is refused.</param>
/// <param name="Rule">By which rule, without its prefix.</param>
/// <param name="Facts">What the event says of the memory, see <see cref="MemoryWays.Describe"/>.</param>
internal sealed record MemoryWay(string Name, string Refusal, string Operation, string Rule, string Facts)
{
    /// <summary>The answer if a descriptor was opened before the policy came.</summary>
    public string LaterRefusal { get; init; } = "";
}

/// <summary>What is expected of each way.</summary>
internal static class MemoryWays
{
    public static MemoryWay[] All { get; } =
    [
        new("anonymous-rwx", "refused mmap EPERM", "memory.map", "writable", "anonymous: rwx"),
        new("anonymous-wx", "refused mmap EPERM", "memory.map", "writable", "anonymous: wx"),
        new("anonymous-written-rx", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("anonymous-written-rwx", "refused mprotect EACCES", "memory.protect", "writable", "anonymous written: rw>rwx"),
        new("anonymous-written-x", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>x"),
        new("anonymous-written-r-rx", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: r>rx"),
        new("anonymous-written-none-rx", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: none>rx"),
        new("anonymous-rx-rwx", "refused mprotect EACCES", "memory.protect", "writable", "anonymous: rx>rwx"),
        new("anonymous-rx-rw-rx", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("anonymous-none-rwx", "refused mprotect EACCES", "memory.protect", "writable", "anonymous: none>rwx"),
        new("pkey-none", "refused pkey_mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("pkey", "refused pkey_mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("grows-down", "refused mmap EPERM", "memory.map", "stack-or-heap", "anonymous stack: rwx"),
        new("fork", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("stack", "refused mprotect EACCES", "memory.protect", "stack-or-heap", "anonymous written stack: rw>rwx"),
        new("stack-rx", "refused mprotect EACCES", "memory.protect", "stack-or-heap", "anonymous written stack: rw>rx"),
        new("stack-thread", "refused mprotect EACCES", "memory.protect", "stack-or-heap", "anonymous written stack: rw>rwx"),
        new("heap", "refused mprotect EACCES", "memory.protect", "stack-or-heap", "anonymous written heap: rw>rx"),
        new("malloc", "refused mprotect EACCES", "memory.protect", "stack-or-heap", "anonymous written heap: rw>rwx"),
        new("malloc-large", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("bss", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("data", "refused mprotect EACCES", "memory.protect", "written", "file written: rw>rx"),
        new("mremap", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("mremap-dontunmap", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("mremap-enlarged", "refused mprotect EACCES", "memory.protect", "writable", "anonymous: rx>rwx"),
        new("split", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("zero-rwx", "refused mmap EPERM", "memory.map", "writable", "device: rwx"),
        new("zero-written-rx", "refused mprotect EACCES", "memory.protect", "written", "device written: rw>rx"),
        new("zero-shared", "refused mmap EPERM", "memory.map", "writable", "device shared: rwx"),
        new("huge-rwx", "refused mmap EPERM", "memory.map", "writable", "anonymous: rwx"),
        new("huge-written-rx", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("filled-read", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("filled-read-file", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("filled-vm-readv", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("filled-vm-writev", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("filled-vmsplice", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("filled-userfaultfd-copy", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("filled-userfaultfd-move", "refused mprotect EACCES", "memory.protect", "written", "anonymous written: rw>rx"),
        new("userfaultfd", "refused userfaultfd EPERM", "memory.userfaultfd", "fault", ""),
        new("userfaultfd-user-mode", "refused userfaultfd EPERM", "memory.userfaultfd", "fault", ""),
        new("userfaultfd-device", "refused ioctl EPERM", "memory.userfaultfd", "fault", ""),
        new("userfaultfd-into-rx", "refused userfaultfd EPERM", "memory.userfaultfd", "fault", ""),
        new("userfaultfd-into-rx-file", "refused userfaultfd EPERM", "memory.userfaultfd", "fault", ""),
        new("shared-rwx", "refused mmap EPERM", "memory.map", "writable", "shared-memory shared: rwx"),
        new("shared-written-rx", "refused mprotect EACCES", "memory.protect", "no-file", "shared-memory shared: rw>rx"),
        new("shared-written-r-rx", "refused mprotect EACCES", "memory.protect", "no-file", "shared-memory shared: r>rx"),
        new("shared-rx-first", "refused mmap EPERM", "memory.map", "no-file", "shared-memory shared: rx"),
        new("shared-doubled", "refused mprotect EACCES", "memory.protect", "no-file", "shared-memory shared: rw>rx"),
        new("shared-doubled-rx-first", "refused mmap EPERM", "memory.map", "no-file", "shared-memory shared: rx"),
        new("memfd-rwx", "refused mmap EPERM", "memory.map", "writable", "memfd shared: rwx"),
        new("memfd-double", "refused mmap EPERM", "memory.map", "no-file", "memfd shared: rx"),
        new("memfd-protect", "refused mprotect EACCES", "memory.protect", "no-file", "memfd shared: none>rx"),
        new("memfd-private", "refused mmap EPERM", "memory.map", "no-file", "memfd: rx"),
        new("memfd-private-early", "refused mmap EPERM", "memory.map", "no-file", "memfd: rx"),
        new("memfd-huge", "refused mmap EPERM", "memory.map", "no-file", "memfd shared: rx"),
        new("sysv-rwx", "refused shmat EPERM", "memory.map", "writable", "shared-memory shared: rwx"),
        new("sysv-double", "refused shmat EPERM", "memory.map", "no-file", "shared-memory shared: rx"),
        new("sysv-protect", "refused mprotect EACCES", "memory.protect", "no-file", "shared-memory shared: rw>rx"),
        new("sysv-huge", "refused shmat EPERM", "memory.map", "writable", "shared-memory shared: rwx"),
        new("ring", "refused mmap EPERM", "memory.map", "no-file", "device shared: rx"),
        new("packet-ring", "refused mmap EPERM", "memory.map", "no-file", "device shared: rx"),
        new("bpf-array", "refused mmap EPERM", "memory.map", "no-file", "device shared: rx"),
        new("relocation", "refused mprotect EACCES", "memory.protect", "written", "file written: rw>rx"),
        new("relocation-rwx", "refused mprotect EACCES", "memory.protect", "writable", "file: rx>rwx"),
        new("own-text", "refused mprotect EACCES", "memory.protect", "written", "file written: rw>rx"),
        new("file-private-rwx", "refused mmap EPERM", "memory.map", "writable", "file: rwx"),
        new("file-private-written-rx", "refused mprotect EACCES", "memory.protect", "written", "file written: rw>rx"),
        new("file-private-written-r-rx", "refused mprotect EACCES", "memory.protect", "written", "file written: r>rx"),
        new("file-shared-rwx", "refused mmap EPERM", "memory.map", "writable", "file shared: rwx"),
        new("file-shared-written-rx", "refused mprotect EACCES", "memory.protect", "shared", "file shared: rw>rx"),
        new("file-double", "refused mmap EPERM", "memory.map", "shared", "file shared: rx"),
        new("file-double-protect", "refused mprotect EACCES", "memory.protect", "shared", "file shared: r>rx"),
        new("file-double-private", "refused mmap EPERM", "memory.map", "writers", "file: rx"),
        new("file-double-closed", "refused mmap EPERM", "memory.map", "writers", "file: rx"),
        new("file-rx-first-shared", "refused mmap EPERM", "memory.map", "shared", "file shared: rx"),
        new("mem-self", "refused open EACCES", "memory.write-text", "text", ""),
        new("mem-thread-self", "refused open EACCES", "memory.write-text", "text", ""),
        new("mem-task", "refused open EACCES", "memory.write-text", "text", ""),
        new("mem-number", "refused open EACCES", "memory.write-text", "text", ""),
        new("mem-reopened", "refused open EACCES", "memory.write-text", "text", ""),
        new("mem-old", "refused open EACCES", "memory.write-text", "text", "") { LaterRefusal = "refused pwrite EPERM" },
        new("mem-old-writev", "refused open EACCES", "memory.write-text", "text", "") { LaterRefusal = "refused pwritev2 EPERM" },
        new("mem-old-seek", "refused open EACCES", "memory.write-text", "text", "") { LaterRefusal = "refused write EPERM" },
        new("mem-old-uring", "refused open EACCES", "memory.write-text", "text", "") { LaterRefusal = "refused io_uring EPERM" },
        new("mem-old-uring-worker", "refused open EACCES", "memory.write-text", "text", "") { LaterRefusal = "refused io_uring EPERM" },
        new("mem-clone-vm", "refused open EACCES", "memory.write-text", "text", ""),
        new("mem-clone-vm-parent", "refused open EACCES", "memory.write-text", "text", ""),
        new("mem-gift", "refused pwrite EPERM", "memory.write-text", "text", ""),
        new("exec-stack", "killed KILL", "memory.map", "stack-or-heap", "anonymous stack: rwx"),
        new("exec-stack-32", "killed KILL", "memory.map", "stack-or-heap", "anonymous stack: rwx"),
        new("exec-bss", "killed KILL", "memory.map", "writable", "anonymous: rwx"),
        new("exec-bss-32", "killed KILL", "memory.map", "writable", "anonymous: rwx"),
        new("exec-segment", "killed SEGV", "memory.map", "writable", "file: rwx"),
        new("exec-no-header-32", "killed SEGV", "memory.map", "personality", "file personality: rx"),
        new("exec-no-header-32-bss", "killed SEGV", "memory.map", "personality", "file personality: rx"),
        new("exec-no-header-32-stack", "killed SEGV", "memory.map", "personality", "file personality: rx"),
        new("exec-personality-32", "killed SEGV", "memory.map", "personality", "file personality: rx"),
        new("personality-mmap", "refused mmap EPERM", "memory.map", "personality", "anonymous personality: rwx (asked rw)"),
        new("personality-mmap-32", "refused mmap EPERM", "memory.map", "personality", "anonymous personality: rwx (asked rw)"),
        new("personality-mprotect", "refused mprotect EACCES", "memory.protect", "personality", "anonymous written personality: rw>rwx (asked rw)"),
        new("personality-mprotect-read", "refused mprotect EACCES", "memory.protect", "personality", "anonymous written personality: rw>rx (asked r)"),
        new("personality-shmat", "refused shmat EPERM", "memory.map", "personality", "shared-memory shared personality: rwx (asked rw)"),
        new("personality-remap-shared", "refused remap_file_pages EPERM", "memory.map", "personality", "shared-memory shared personality: rwx (asked rw)"),
        new("personality-remap-memfd", "refused remap_file_pages EPERM", "memory.map", "personality", "memfd shared personality: rwx (asked rw)"),
        new("personality-remap-file", "refused remap_file_pages EPERM", "memory.map", "personality", "file shared personality: rwx (asked rw)"),
        new("personality-brk", "killed KILL", "memory.map", "personality", "anonymous heap personality: rwx (asked rw)"),
    ];

    public static Dictionary<string, MemoryWay> ByName { get; } = All.ToDictionary(static w => w.Name, StringComparer.Ordinal);

    /// <summary>One of each operation, with and without a file: to be killed, and to be audited.</summary>
    public static (string Way, string Rule)[] Killed { get; } =
    [
        ("anonymous-rwx", "writable"), ("memfd-private", "no-file"), ("anonymous-written-rx", "written"), ("own-text", "written"),
        ("mem-self", "text"), ("userfaultfd", "fault"), ("exec-stack", "stack-or-heap"), ("exec-bss", "writable"),
    ];

    /// <summary>
    /// Newer kernels respect the protection when a process writes to its `mem` (proc_mem.force_override, EIO), and let no file be
    /// executed that has no file system.
    /// </summary>
    public static bool RefusedByKernel(MemoryAttempt unprotected) =>
        unprotected.Answer.EndsWith("EIO", StringComparison.Ordinal)
        || (unprotected.Way is "ring" or "packet-ring" or "bpf-array" && unprotected.Answer is "refused mmap EPERM");

    /// <summary>Backing, flags, and protection before, after, and as it was asked for where that is another.</summary>
    public static string Describe(EventMemory? memory)
    {
        if (memory is null)
            return "";
        var flags = (memory.Shared ? " shared" : "") + (memory.Written ? " written" : "") + (memory.Stack ? " stack" : "")
            + (memory.Heap ? " heap" : "") + (memory.ReadImpliesExecute ? " personality" : "");
        var (before, requested, protection) = (memory.Before is null ? "" : Letters(memory.Before) + ">", Letters(memory.Requested), Letters(memory.Protection));
        return $"{memory.Backing}{flags}: {before}{protection}"
            + (string.Equals(requested, protection, StringComparison.Ordinal) ? "" : $" (asked {requested})");
    }

    private static string Letters(IReadOnlyList<string> words) => words.Count == 0
        ? "none"
        : string.Concat(words.Select(static w => w switch { "read" => 'r', "write" => 'w', _ => 'x' }));
}
