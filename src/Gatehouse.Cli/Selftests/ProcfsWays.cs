using System.Globalization;
using static Gatehouse.Cli.Selftests.Linux;

namespace Gatehouse.Cli.Selftests;

/// <summary>Reaching for another process by files of procfs and of its control group.</summary>
internal static class ProcfsWays
{
    private const string Disable = "T1562.001";
    private const string Discover = "T1057";
    private const string Groups = "/sys/fs/cgroup";
    private const string Perfmon = "Linux 6.15 and newer";

    public static IEnumerable<Way> All { get; } =
    [
        Of("mem-read", "T1003.007", "read-memory", "open of /proc/PID/mem for reading", static t => t.Open(File(t, "mem"), ReadOnly)),
        Of("mem-write", "T1055.009", "write-memory", "open of /proc/PID/mem for writing", static t => t.Open(File(t, "mem"), WriteOnly)),
        Of("mem-thread-read", "T1003.007", "read-memory", "open of the mem of its thread for reading", static t => t.Open(File(t, $"task/{t.Target.Pid}/mem"), ReadOnly)),
        Of("mem-thread-write", "T1055.009", "write-memory", "open of the mem of its thread for writing", static t => t.Open(File(t, $"task/{t.Target.Pid}/mem"), WriteOnly)),
        Of("oom-score-adj", "T1489", "oom-adjust", "oom_score_adj", static t => Write(t, File(t, "oom_score_adj"), "500")),
        Of("oom-adj", "T1489", "oom-adjust", "oom_adj", static t => Write(t, File(t, "oom_adj"), "5")),
        Of("coredump-filter", Disable, "set-limits", "coredump_filter", static t => Write(t, File(t, "coredump_filter"), "0x33")),
        Of("timerslack", Disable, "set-scheduling", "timerslack_ns", static t => Write(t, File(t, "timerslack_ns"), "60000")),
        Of("clear-refs", Disable, "move-memory", "clear_refs", static t => Write(t, File(t, "clear_refs"), "1")),
        Of("link-exe", Discover, "query", "/proc/PID/exe, read as a link", static t => ReadLink(t, "exe")),
        Of("link-cwd", Discover, "query", "/proc/PID/cwd, read as a link", static t => ReadLink(t, "cwd")),
        Of("link-root", Discover, "query", "/proc/PID/root, read as a link", static t => ReadLink(t, "root")),
        Of("link-descriptor", Discover, "query", "/proc/PID/fd/0, read as a link", static t => ReadLink(t, "fd/0")),
        Of("link-namespace", Discover, "query", "/proc/PID/ns/uts, read as a link", static t => ReadLink(t, "ns/uts")),
        Of("read-io", Discover, "query", "/proc/PID/io", static t => Read(t, "io")),
        Of("read-environment", Discover, "query", "/proc/PID/environ", static t => Read(t, "environ")) with { Gap = Perfmon },
        Of("read-maps", Discover, "query", "/proc/PID/maps", static t => Read(t, "maps")) with { Gap = Perfmon },
        Of("read-auxv", Discover, "query", "/proc/PID/auxv", static t => Read(t, "auxv")) with { Gap = Perfmon },
        Of("cgroup-freeze", Disable, "freeze", "cgroup.freeze of a group that it alone is in", static t => InGroup(t, "cgroup.freeze")),
        Of("cgroup-kill", "T1489", "kill-group", "cgroup.kill of a group that it alone is in", static t => InGroup(t, "cgroup.kill")),
    ];

    private static Way Of(string name, string technique, string right, string summary, Func<Trial, long> attempt) =>
        new(name, WayClass.Process, technique, summary, attempt) { Right = right };

    private static string File(Trial trial, string name) => string.Create(CultureInfo.InvariantCulture, $"/proc/{trial.Target.Pid}/{name}");

    private static long Write(Trial trial, string file, string text)
    {
        var descriptor = trial.Open(file, WriteOnly);
        return descriptor < 0 ? descriptor : trial.Call(SystemCall.Write, descriptor, trial.Text(text), text.Length);
    }

    private static long Read(Trial trial, string name)
    {
        var descriptor = trial.Open(File(trial, name), ReadOnly);
        return descriptor < 0 ? descriptor : trial.Call(SystemCall.Read, descriptor, trial.Actor.Room(64), 64);
    }

    private static long ReadLink(Trial trial, string name) => trial.Call(SystemCall.Readlink, trial.Text(File(trial, name)), trial.Actor.Room(256), 256);

    /// <summary>Puts the target into a group below this command's own, writes there, and takes it all back.</summary>
    private static long InGroup(Trial trial, string file)
    {
        var own = System.IO.File.ReadLines("/proc/self/cgroup").FirstOrDefault(static l => l.StartsWith("0::/", StringComparison.Ordinal));
        var parent = own is null ? null : Groups + own[3..].TrimEnd('/');
        if (parent is null || !System.IO.File.Exists(parent + "/cgroup.procs"))
        {
            throw new NotTestableException($"there is no control group of version 2 of this command's own below {Groups}");
        }

        var group = string.Create(CultureInfo.InvariantCulture, $"{parent}/gatehouse-selftest-{trial.Target.Pid}");
        try
        {
            Directory.CreateDirectory(group);
            System.IO.File.WriteAllText(group + "/cgroup.procs", string.Create(CultureInfo.InvariantCulture, $"{trial.Target.Pid}\n"));
            return Write(trial, $"{group}/{file}", "1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotTestableException($"a control group cannot be made for it: {e.Message}");
        }
        finally
        {
            Leave(trial, parent, group);
        }
    }

    private static void Leave(Trial trial, string parent, string group)
    {
        try
        {
            if (System.IO.File.Exists(group + "/cgroup.freeze"))
            {
                if (System.IO.File.ReadAllText(group + "/cgroup.freeze").StartsWith('1'))
                {
                    System.IO.File.WriteAllText(group + "/cgroup.freeze", "0\n");
                }

                if (System.IO.File.ReadAllText(group + "/cgroup.procs").Length > 0)
                {
                    System.IO.File.WriteAllText(parent + "/cgroup.procs", string.Create(CultureInfo.InvariantCulture, $"{trial.Target.Pid}\n"));
                }
                else
                {
                    trial.Target.WaitForEnd(TimeSpan.FromSeconds(1));
                }
            }

            if (Directory.Exists(group))
            {
                Directory.Delete(group);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty group is left, which concerns nobody; or its only member, which ends soon, goes on in it.
        }
    }
}
