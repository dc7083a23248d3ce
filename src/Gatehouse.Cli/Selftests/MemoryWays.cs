using static Gatehouse.Cli.Selftests.Linux;

namespace Gatehouse.Cli.Selftests;

/// <summary>Making memory executable that was written, or can be. The actor does it to itself.</summary>
internal static class MemoryWays
{
    private const string Reflective = "T1620";
    private const string Injection = "T1055";
    private const string OwnCode = "T1055.009";
    private const string FaultHandling = "T1068";
    private const long ReadWriteExecute = CanRead | CanWrite | CanExecute;
    private const long Plain = Private | Anonymous;

    public static IEnumerable<Way> All { get; } =
    [
        Of("anonymous-rwx", Reflective, "mmap, writable and executable", static t => Map(t, ReadWriteExecute, Plain)),
        Of("anonymous-wx", Reflective, "mmap, writable and executable, not readable", static t => Map(t, CanWrite | CanExecute, Plain)),
        Of("written-rx", Reflective, "written, then executable by mprotect", static t => Protect(t, Written(t), CanRead | CanExecute)),
        Of("written-x", Reflective, "written, then executable alone", static t => Protect(t, Written(t), CanExecute)),
        Of("written-rwx", Reflective, "written, then executable and still writable", static t => Protect(t, Written(t), ReadWriteExecute)),
        Of("written-r-rx", Reflective, "written, then read-only, then executable", static t => Protect(t, Lowered(t, CanRead), CanRead | CanExecute)),
        Of("written-none-rx", Reflective, "written, then not accessible, then executable", static t => Protect(t, Lowered(t, 0), CanRead | CanExecute)),
        Of("executable-rwx", Reflective, "executable, then writable besides", static t => Protect(t, Mapped(t, CanRead | CanExecute, Plain), ReadWriteExecute)),
        Of("executable-rw-rx", Reflective, "executable, then written, then executable again", Again),
        Of("protect-key", Reflective, "written, then executable by pkey_mprotect",
            static t => t.Call(SystemCall.PkeyMprotect, Written(t), PageBytes, CanRead | CanExecute, -1)),
        Of("moved", Reflective, "written, moved by mremap, then executable", Moved),
        Of("split", Reflective, "written, then the second of two pages executable", Split),
        Of("filled-by-vm-write", Injection, "filled by process_vm_writev, then executable", FilledByVirtualMemory),
        Of("grows-down", Reflective, "memory that grows downwards, writable and executable", static t => Map(t, ReadWriteExecute, Plain | GrowsDown)),
        Of("stack-rx", Reflective, "a page of the stack executable", static t => Protect(t, StackPage(t), CanRead | CanExecute)),
        Of("stack-rwx", Reflective, "a page of the stack executable and writable", static t => Protect(t, StackPage(t), ReadWriteExecute)),
        Of("heap-rx", Reflective, "the heap executable", static t => Protect(t, Heap(t), CanRead | CanExecute)),
        Of("heap-rwx", Reflective, "the heap executable and writable", static t => Protect(t, Heap(t), ReadWriteExecute)),
        Of("shared-rwx", Reflective, "shared memory, writable and executable", static t => Map(t, ReadWriteExecute, Shared | Anonymous)),
        Of("shared-written-rx", Reflective, "shared memory, written, then executable",
            static t => Protect(t, Fill(t, Mapped(t, CanRead | CanWrite, Shared | Anonymous)), CanRead | CanExecute)),
        Of("memfd-rwx", Reflective, "a memfd, shared, writable and executable", static t => Map(t, ReadWriteExecute, Shared, Memfd(t))),
        Of("memfd-double", Reflective, "a memfd, mapped once to write and once to execute", MemfdDouble),
        Of("memfd-private", Reflective, "a memfd, private and executable", static t => Map(t, CanRead | CanExecute, Private, Memfd(t))),
        Of("memfd-protect", Reflective, "a memfd, mapped for nothing, then executable", static t => Protect(t, Mapped(t, 0, Shared, Memfd(t)), CanRead | CanExecute)),
        Of("system-v-rwx", Reflective, "shmat, writable and executable", SystemV),
        Of("zero-rwx", Reflective, "/dev/zero, writable and executable", static t => Map(t, ReadWriteExecute, Private, Need(t.Open("/dev/zero", ReadWrite)))),
        Of("file-rwx", Injection, "a file, private, writable and executable", static t => Map(t, ReadWriteExecute, Private, Need(t.Open(File(t), ReadOnly)))),
        Of("file-written-rx", Injection, "a private mapping of a file, written, then executable",
            static t => Protect(t, Fill(t, Mapped(t, CanRead | CanWrite, Private, Need(t.Open(File(t), ReadOnly)))), CanRead | CanExecute)),
        Of("file-shared-rx", Injection, "a file, shared and executable", static t => Map(t, CanRead | CanExecute, Shared, Need(t.Open(File(t), ReadWrite)))),
        Of("file-writers", Injection, "a file that is open for writing, executable", FileWithWriter),
        Of("own-memory-file", OwnCode, "open of /proc/self/mem for writing", static t => t.Open("/proc/self/mem", ReadWrite)),
        Of("own-memory-thread", OwnCode, "open of /proc/thread-self/mem for writing", static t => t.Open("/proc/thread-self/mem", WriteOnly)),
        Of("own-memory-number", OwnCode, "open of /proc/PID/mem of its own for writing", static t => t.Open(string.Create(null, $"/proc/{t.Actor.Pid}/mem"), WriteOnly)),
        Of("own-memory-reopened", OwnCode, "open of /proc/self/mem for reading, opened again for writing", Reopened),
        Of("userfaultfd", FaultHandling, "userfaultfd", static t => t.Call(SystemCall.Userfaultfd, 0)),
        Of("userfaultfd-user-mode", FaultHandling, "userfaultfd for faults of user mode", static t => t.Call(SystemCall.Userfaultfd, 1)),
        Of("personality-map", Reflective, "mmap for writing under the personality READ_IMPLIES_EXEC", PersonalityMap),
        Of("personality-protect", Reflective, "written, then mprotect for reading under that personality", PersonalityProtect),
    ];

    private static Way Of(string name, string technique, string summary, Func<Trial, long> attempt) => new(name, WayClass.Memory, technique, summary, attempt);

    private static long Need(long result) => Trial.Need(result, "a step before the attempt");

    /// <summary>A file of this command's own.</summary>
    private static string File(Trial trial)
    {
        var file = trial.Own("mapped");
        System.IO.File.WriteAllBytes(file, new byte[PageBytes]);
        return file;
    }

    private static long Map(Trial trial, long protection, long flags, long descriptor = -1, long pages = 1) =>
        trial.Call(SystemCall.Mmap, 0, pages * PageBytes, protection, flags, descriptor, 0);

    private static long Mapped(Trial trial, long protection, long flags, long descriptor = -1, long pages = 1) =>
        Need(Map(trial, protection, flags, descriptor, pages));

    private static long Protect(Trial trial, long memory, long protection) => trial.Call(SystemCall.Mprotect, memory, PageBytes, protection);

    private static long Fill(Trial trial, long memory)
    {
        trial.Actor.Put(memory, "written"u8);
        return memory;
    }

    private static long Written(Trial trial) => Fill(trial, Mapped(trial, CanRead | CanWrite, Plain));

    private static long Lowered(Trial trial, long protection)
    {
        var memory = Written(trial);
        Need(Protect(trial, memory, protection));
        return memory;
    }

    private static long Again(Trial trial)
    {
        var memory = Mapped(trial, CanRead | CanExecute, Plain);
        Need(Protect(trial, memory, CanRead | CanWrite));
        return Protect(trial, Fill(trial, memory), CanRead | CanExecute);
    }

    private static long Moved(Trial trial)
    {
        const long mayMove = 1;
        return Protect(trial, Need(trial.Call(SystemCall.Mremap, Written(trial), PageBytes, 16 * PageBytes, mayMove)), CanRead | CanExecute);
    }

    private static long Split(Trial trial)
    {
        var memory = Mapped(trial, CanRead | CanWrite, Plain, pages: 2);
        return Protect(trial, Fill(trial, memory + PageBytes), CanRead | CanExecute);
    }

    private static long FilledByVirtualMemory(Trial trial)
    {
        var actor = trial.Actor;
        var memory = Mapped(trial, CanRead | CanWrite, Plain);
        Need(trial.Call(
            SystemCall.ProcessVmWritev, actor.Pid, actor.Numbers(actor.Bytes("written "u8), 8), 1, actor.Numbers(memory, 8), 1, 0));
        return Protect(trial, memory, CanRead | CanExecute);
    }

    /// <summary>A page that is used for nothing else, of the memory of the actor, which is on its stack.</summary>
    private static long StackPage(Trial trial)
    {
        var page = (trial.Actor.Room(2 * (int)PageBytes) + PageBytes - 1) & ~(PageBytes - 1);
        return Fill(trial, page);
    }

    private static long Heap(Trial trial)
    {
        var end = Need(trial.Call(SystemCall.Brk, 0));
        var begin = (end + PageBytes - 1) & ~(PageBytes - 1);
        if (trial.Call(SystemCall.Brk, begin + PageBytes) != begin + PageBytes)
        {
            throw new NotTestableException("brk gives no memory");
        }

        return Fill(trial, begin);
    }

    private static long Memfd(Trial trial)
    {
        var descriptor = Need(trial.Call(SystemCall.MemfdCreate, trial.Text("code"), 0));
        Need(trial.Call(SystemCall.Write, descriptor, trial.Actor.Bytes(new byte[PageBytes]), PageBytes));
        return descriptor;
    }

    private static long MemfdDouble(Trial trial)
    {
        var descriptor = Memfd(trial);
        Fill(trial, Mapped(trial, CanRead | CanWrite, Shared, descriptor));
        return Map(trial, CanRead | CanExecute, Shared, descriptor);
    }

    private static long SystemV(Trial trial)
    {
        const long privateKey = 0;
        const long createOwn = 0x200 | 0x180;
        const long execute = 0x8000;
        var segment = Need(trial.Call(SystemCall.Shmget, privateKey, PageBytes, createOwn));
        try
        {
            return trial.Call(SystemCall.Shmat, segment, 0, execute);
        }
        finally
        {
            trial.Call(SystemCall.Shmctl, segment, 0 /* IPC_RMID */, 0);
        }
    }

    private static long FileWithWriter(Trial trial)
    {
        var file = File(trial);
        Need(trial.Open(file, WriteOnly));
        return Map(trial, CanRead | CanExecute, Private, Need(trial.Open(file, ReadOnly)));
    }

    private static long Reopened(Trial trial)
    {
        var descriptor = Need(trial.Open("/proc/self/mem", ReadOnly));
        return trial.Open(string.Create(null, $"/proc/self/fd/{descriptor}"), WriteOnly);
    }

    private static long PersonalityMap(Trial trial)
    {
        Need(trial.Call(SystemCall.Personality, ReadImpliesExecute));
        return Map(trial, CanRead | CanWrite, Plain);
    }

    private static long PersonalityProtect(Trial trial)
    {
        var memory = Written(trial);
        Need(trial.Call(SystemCall.Personality, ReadImpliesExecute));
        return Protect(trial, memory, CanRead);
    }
}
