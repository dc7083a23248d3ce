using System.Globalization;

namespace Gatehouse.Agent.Sealing;

/// <summary>The control group (version 2) that the agent lives in, and goes back to if somebody moves it.</summary>
internal sealed class ControlGroup
{
    private const string Root = "/sys/fs/cgroup";
    private const string Own = "/gatehouse";

    /// <summary>What the agent needs at least; the kernel then takes memory from others first. Idle it has some 60 MB.</summary>
    private const long LeastMemory = 96L * 1024 * 1024;

    private readonly Func<string?> _current;
    private readonly Action<string> _enter;
    private string? _home;

    /// <summary>Of this process.</summary>
    public ControlGroup()
        : this(Current, static group => File.WriteAllText($"{Root}{group}/cgroup.procs", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)))
    {
    }

    /// <summary>For tests.</summary>
    /// <param name="current">The group that the process is in now; null: no version 2.</param>
    /// <param name="enter">Moves it to a group.</param>
    public ControlGroup(Func<string?> current, Action<string> enter)
    {
        _current = current;
        _enter = enter;
        _home = current();
    }

    /// <summary>The group of this process below the mount of version 2, such as <c>/system.slice/gatehoused.service</c>; null: there is none.</summary>
    public static string? Current() => File.Exists("/proc/self/cgroup")
        ? File.ReadLines("/proc/self/cgroup").FirstOrDefault(static l => l.StartsWith("0::", StringComparison.Ordinal))?[3..]
        : null;

    /// <summary>Folder of a group.</summary>
    public static string Folder(string group) => Root + group;

    /// <summary>Leaves the root group, in which whoever was started by hand is, for one of the agent's own. Another group is the service manager's choice.</summary>
    public static void EnterOwn()
    {
        if (Current() is not "/" || !File.Exists($"{Root}/cgroup.procs"))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Root + Own);
            var least = $"{Root}{Own}/memory.min";
            if (File.Exists(least))
            {
                File.WriteAllText(least, LeastMemory.ToString(CultureInfo.InvariantCulture));
            }

            File.WriteAllText($"{Root}{Own}/cgroup.procs", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only means less: the group that it is in is kept instead.
        }
    }

    /// <summary>Goes back if somebody moved the agent.</summary>
    /// <returns>What happened, for people; null: nothing.</returns>
    public string? ReturnIfMoved()
    {
        _home ??= _current();
        if (_current() is not { } now || _home is null || string.Equals(now, _home, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            _enter(_home);
            return $"the agent was moved to the control group {now}, and went back to {_home}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the agent was moved to the control group {now}, and cannot go back to {_home}: {e.Message}";
        }
    }
}
