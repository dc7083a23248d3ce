using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>The functions of the C library that we call. Signatures only; x86-64.</summary>
internal static partial class LibC
{
    internal const int OpenReadOnly = 0;
    internal const int OpenWriteOnly = 1;
    internal const int OpenNoControllingTerminal = 0x100;
    internal const int OpenNonBlocking = 0x800;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenPath = 0x200000;
    internal const int ProtectionRead = 1;
    internal const int ProtectionWrite = 2;
    internal const int ProtectionExecute = 4;
    internal const int MapShared = 1;
    internal const int MapPrivate = 2;
    internal const int MapAnonymous = 0x20;
    internal const int MapDenyWrite = 0x800;
    internal const int MapExecutable = 0x1000;
    internal const int MapNonBlock = 0x10000;
    internal const int AdviseRandom = 1;
    internal const int AdviseDontFork = 10;
    internal const int AdviseDontDump = 16;
    internal const int AdviseWipeOnFork = 18;
    internal const uint MemfdCloseOnExec = 1;
    internal const int FanotifyClassContent = 4;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial nint readlink(string path, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int madvise(nint address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int prlimit(int pid, int resource, ulong* next, ulong* before);

    internal const int PrctlSetDumpable = 4;
    internal const int PrctlReadBoundingSet = 23;
    internal const int PrctlDropFromBoundingSet = 24;
    internal const int PrctlSetNoNewPrivileges = 38;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int ioctl(int descriptor, nuint request, byte* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int reboot(int command);

    [LibraryImport("libc")]
    internal static partial int gettid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int posix_spawn(int* pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int execve(string path, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int fstatfs(int descriptor, byte* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int link(string path, string other);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fanotify_init(uint flags, uint eventFlags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int fanotify_mark(int group, uint flags, ulong mask, int directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint pread(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int timer_create(int clock, SignalEvent* signal, nint* timer);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int timer_settime(nint timer, int flags, TimerSetting* setting, TimerSetting* old);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int timer_delete(nint timer);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint pidfd_open(nint number, nint pid, nint flags);

    /// <summary>open_tree(2) of x86-64, which has no wrapper in the libc of Debian 12.</summary>
    internal const long OpenTreeNumber = 428;

    internal const int CurrentDirectory = -100;
    internal const int OpenTreeClone = 1;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long open_tree(long number, int directory, string path, int flags);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Happened;
    }

    /// <summary>struct sigevent of x86-64: value, signal, how, and room for the rest.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct SignalEvent
    {
        internal nint Value;
        internal int Signal;
        internal int Notify;
    }

    /// <summary>struct itimerspec: the interval and the first expiry, seconds and nanoseconds.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimerSetting
    {
        internal long IntervalSeconds;
        internal long IntervalNanoseconds;
        internal long Seconds;
        internal long Nanoseconds;
    }

    /// <summary>finit_module(2) of x86-64, which has no wrapper in libc.</summary>
    internal const long FinitModuleNumber = 313;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial long finit_module(long number, int descriptor, byte* parameters, int flags);
}
