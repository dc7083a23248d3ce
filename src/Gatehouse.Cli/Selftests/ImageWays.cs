using Gatehouse.Kernel;
using static Gatehouse.Cli.Selftests.Linux;

namespace Gatehouse.Cli.Selftests;

/// <summary>Executing and mapping a program that is refused, under its names and by its content.</summary>
internal static class ImageWays
{
    private const string Loader = "/lib64/ld-linux-x86-64.so.2";
    private const string Harmless = "/bin/true";
    private const string Native = "T1106";
    private const string Masquerade = "T1036.005";
    private const string Reflective = "T1620";
    private const string Module = "T1129";

    private static readonly TimeSpan s_untilEnd = TimeSpan.FromSeconds(10);

    public static IEnumerable<Way> All { get; } =
    [
        Of("exec", Native, "execve", static t => Execute(t, t.Program)),
        Of("exec-second-name", Masquerade, "execve of a hard link", static t => Execute(t, t.ProgramLink)),
        Of("exec-symbolic-link", Masquerade, "execve of a symbolic link", static t => Execute(t, t.ProgramSymbolicLink)),
        Of("exec-relative", Masquerade, "execve of a relative name", static t => InFolder(t, () => Execute(t, "./" + t.ProgramName))),
        Of("exec-proc-root", Masquerade, "execve of a name below /proc/self/root", static t => Execute(t, "/proc/self/root" + t.Program)),
        Of("exec-proc-cwd", Masquerade, "execve of a name below /proc/self/cwd", static t => InFolder(t, () => Execute(t, "/proc/self/cwd/" + t.ProgramName))),
        Of("exec-chroot", Masquerade, "execve in another root", InRoot),
        Of("exec-namespace", Masquerade, "execve through a bind mount in a mount namespace of its own", InNamespace),
        Of("exec-at", Native, "execveat in a folder", static t => ExecuteAt(t, t.Open(t.Stage, PathOnly | DirectoryOnly), t.ProgramName, 0)),
        Of("exec-descriptor", Native, "execveat of a descriptor", static t => ExecuteAt(t, t.Open(t.Program, ReadOnly | CloseOnExec), "", EmptyPath)),
        Of("exec-path-descriptor", Native, "execveat of a descriptor of the path alone", static t => ExecuteAt(t, t.Open(t.Program, PathOnly | CloseOnExec), "", EmptyPath)),
        Of("exec-proc-descriptor", Native, "execve of a descriptor below /proc/self/fd", static t => ExecuteDescriptor(t, t.Open(t.Program, ReadOnly))),
        Of("exec-interpreter", "T1059.004", "execve of a script whose interpreter it is", Script),
        Of("exec-copy", Masquerade, "execve of a copy, which has its content", static t => Execute(t, Copy(t, "exec-copy"))),
        Of("exec-unlinked-copy", "T1070.004", "execveat of a copy that has no name any more", UnlinkedCopy),
        Of("exec-memfd", Reflective, "execveat of a copy in memory (memfd)", static t => ExecuteAt(t, Memfd(t), "", EmptyPath)),
        Of("exec-memfd-proc", Reflective, "execve of a copy in memory below /proc/self/fd", static t => ExecuteDescriptor(t, Memfd(t))),
        Of("loader", "T1218", "the dynamic loader, told to start it", static t => ByLoader(t, Loader, [Loader, t.Program], [])),
        Of("loader-second-name", "T1218", "the dynamic loader, told to start a hard link", static t => ByLoader(t, Loader, [Loader, t.ProgramLink], [])),
        Of("preload", "T1574.006", "LD_PRELOAD of it into another program", static t => ByLoader(t, Harmless, [Harmless], ["LD_PRELOAD=" + t.Program])),
        Of("audit-library", "T1574.006", "LD_AUDIT of it into another program", static t => ByLoader(t, Harmless, [Harmless], ["LD_AUDIT=" + t.Program])),
        Of("map", Module, "mmap, private and executable, as dlopen does", static t => Map(t, t.Open(t.Program, ReadOnly), CanRead | CanExecute, Private)),
        Of("map-shared", Module, "mmap, shared and executable", static t => Map(t, t.Open(t.Program, ReadOnly), CanRead | CanExecute, Shared)),
        Of("map-second-name", Module, "mmap of a hard link", static t => Map(t, t.Open(t.ProgramLink, ReadOnly), CanRead | CanExecute, Private)),
        Of("map-execute-only", Module, "mmap, executable and not readable", static t => Map(t, t.Open(t.Program, ReadOnly), CanExecute, Private)),
        Of("map-protect", Module, "mmap for reading, then mprotect", static t => MapAndProtect(t, SystemCall.Mprotect)),
        Of("map-protect-key", Module, "mmap for reading, then pkey_mprotect", static t => MapAndProtect(t, SystemCall.PkeyMprotect)),
        Of("map-personality", Module, "mmap for reading under the personality READ_IMPLIES_EXEC", ByPersonality),
        Of("map-copy", Module, "mmap of a copy, which has its content", static t => Map(t, t.Open(Copy(t, "map-copy"), ReadOnly), CanRead | CanExecute, Private)),
        Of("map-memfd", Reflective, "mmap of a copy in memory (memfd), private", static t => Map(t, Memfd(t), CanRead | CanExecute, Private)),
    ];

    private static Way Of(string name, string technique, string summary, Func<Trial, long> attempt) => new(name, WayClass.Image, technique, summary, attempt);

    private static long List(Trial trial, IReadOnlyList<string> texts) => trial.Actor.Numbers([.. texts.Select(trial.Text), 0]);

    private static long Execute(Trial trial, string path) =>
        Ended(trial, trial.Call(SystemCall.Execve, trial.Text(path), List(trial, [path]), List(trial, [])));

    private static long ExecuteAt(Trial trial, long folder, string path, long flags) => Ended(
        trial,
        trial.Call(SystemCall.Execveat, Trial.Need(folder, "open"), trial.Text(path), List(trial, ["program"]), List(trial, []), flags));

    private static long ExecuteDescriptor(Trial trial, long descriptor) =>
        Execute(trial, string.Create(null, $"/proc/self/fd/{Trial.Need(descriptor, "open")}"));

    /// <summary>An exec that is not refused ends the actor, by what the new program does: it must be the one that was meant.</summary>
    private static long Ended(Trial trial, long result)
    {
        if (result != Actor.Gone)
        {
            return result;
        }

        var status = trial.Actor.WaitForEnd(s_untilEnd);
        return status == SelftestPrograms.ImageStatus
            ? 0
            : throw new NotTestableException(string.Create(null, $"the program did not end as it must, but with status {status ?? -1}"));
    }

    /// <summary>Here the exec itself goes on, and the loader is refused to map it. Then the loader ends with a status of its own, or leaves it out.</summary>
    private static long ByLoader(Trial trial, string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        if (!File.Exists(program))
        {
            throw new NotTestableException($"there is no {program}");
        }

        var result = trial.Call(SystemCall.Execve, trial.Text(program), List(trial, arguments), List(trial, environment));
        return result != Actor.Gone ? result
            : trial.Actor.WaitForEnd(s_untilEnd) == SelftestPrograms.ImageStatus ? 0 : -ErrorName.NotPermitted;
    }

    private static long InFolder(Trial trial, Func<long> attempt)
    {
        Trial.Need(trial.Call(SystemCall.Chdir, trial.Text(trial.Stage)), "chdir");
        return attempt();
    }

    private static long InRoot(Trial trial)
    {
        Trial.Need(trial.Call(SystemCall.Chroot, trial.Text(trial.Stage)), "chroot");
        return Execute(trial, "/" + trial.ProgramName);
    }

    /// <summary>Private, so that nothing of it is seen elsewhere; it ends with the actor.</summary>
    private static long InNamespace(Trial trial)
    {
        var place = trial.Own("bind");
        Directory.CreateDirectory(place);
        Trial.Need(trial.Call(SystemCall.Unshare, NewMountNamespace), "unshare");
        Trial.Need(trial.Call(SystemCall.Mount, 0, trial.Text("/"), 0, MountPrivate | MountRecursive, 0), "mount(private)");
        Trial.Need(trial.Call(SystemCall.Mount, trial.Text(trial.Stage), trial.Text(place), 0, MountBind, 0), "mount(bind)");
        return Execute(trial, Path.Combine(place, trial.ProgramName));
    }

    private static long Script(Trial trial)
    {
        const int longestLine = 250;
        if (trial.Program.Length > longestLine)
        {
            throw new NotTestableException("the path of the folder is too long for an interpreter");
        }

        var script = trial.Own("script");
        WriteExecutable(script, System.Text.Encoding.UTF8.GetBytes($"#!{trial.Program}\n"));
        return Execute(trial, script);
    }

    private static string Copy(Trial trial, string name)
    {
        var copy = trial.Own(name);
        WriteExecutable(copy, File.ReadAllBytes(trial.Program));
        return copy;
    }

    private static void WriteExecutable(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
        });
        file.Write(bytes);
    }

    private static long UnlinkedCopy(Trial trial)
    {
        var copy = Copy(trial, "exec-unlinked-copy");
        var descriptor = Trial.Need(trial.Open(copy, ReadOnly | CloseOnExec), "open");
        File.Delete(copy);
        return ExecuteAt(trial, descriptor, "", EmptyPath);
    }

    private static long Memfd(Trial trial)
    {
        var descriptor = Trial.Need(trial.Call(SystemCall.MemfdCreate, trial.Text("copy"), 0), "memfd_create");
        var bytes = File.ReadAllBytes(trial.Program);
        Trial.Need(trial.Call(SystemCall.Write, descriptor, trial.Actor.Bytes(bytes), bytes.Length), "write");
        return descriptor;
    }

    private static long Map(Trial trial, long descriptor, long protection, long flags) =>
        trial.Call(SystemCall.Mmap, 0, PageBytes, protection, flags, Trial.Need(descriptor, "open"), 0);

    private static long MapAndProtect(Trial trial, SystemCall call)
    {
        const long noKey = -1;
        var memory = Trial.Need(Map(trial, trial.Open(trial.Program, ReadOnly), CanRead, Private), "mmap");
        return trial.Call(call, memory, PageBytes, CanRead | CanExecute, noKey);
    }

    private static long ByPersonality(Trial trial)
    {
        Trial.Need(trial.Call(SystemCall.Personality, ReadImpliesExecute), "personality");
        return Map(trial, trial.Open(trial.Program, ReadOnly), CanRead, Private);
    }
}
