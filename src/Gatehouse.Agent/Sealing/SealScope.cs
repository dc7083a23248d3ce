using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Gatehouse.Sdk;

namespace Gatehouse.Agent.Sealing;

/// <summary>What the seal keeps: everything that the agent is made of, is told by, keeps its state in and talks through.</summary>
internal sealed class SealScope
{
    private static readonly string[] s_unitFiles =
        ["/etc/systemd/system/gatehoused.service", "/usr/lib/systemd/system/gatehoused.service", "/lib/systemd/system/gatehoused.service"];

    /// <summary>What decides over a control group's processes. Those of groups above the agent's are kept, too.</summary>
    private static readonly string[] s_groupFiles =
        ["cgroup.kill", "cgroup.freeze", "cgroup.type", "cgroup.subtree_control", "memory.max", "memory.high", "memory.oom.group", "cpu.max", "cpu.weight", "cpuset.cpus", "pids.max"];

    private SealScope(IReadOnlyList<string> kept, IReadOnlyList<string> contents)
    {
        Kept = kept;
        Contents = contents;
    }

    /// <summary>Files, and folders with all that is in them.</summary>
    public IReadOnlyList<string> Kept { get; }

    /// <summary>Files whose content is kept, but not their names: libraries of the host, which its upgrades replace.</summary>
    public IReadOnlyList<string> Contents { get; }

    /// <summary>Of this process.</summary>
    /// <exception cref="KernelGateException">The options would guard a folder that the host must be able to change.</exception>
    public static SealScope OfThisProcess(AgentOptions options)
    {
        LoadLate();
        var folders = OwnFolders(options);
        string[] ifThere = ["/etc/gatehouse", "/etc/machine-id", options.ClientsDirectory, options.OwnerKeyPath, options.TrustDatabasePath ?? "", .. s_unitFiles, .. GroupFiles()];
        Directory.CreateDirectory(KernelGateOptions.DefaultPinRoot, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!File.Exists(options.OwnerKeyPath))
        {
            // Else whoever puts a key there afterwards is the owner.
            var place = Path.GetDirectoryName(Path.GetFullPath(options.OwnerKeyPath))!;
            Directory.CreateDirectory(place);
            folders = [.. folders, place];
        }

        return Of(folders.Concat(ifThere.Where(Path.Exists)), MappedFiles(File.ReadLines("/proc/self/maps")));
    }

    /// <summary>Where the agent's program, state, socket and pins are, and the policies that it was told.</summary>
    public static IReadOnlyList<string> OwnFolders(AgentOptions options) =>
    [
        AppContext.BaseDirectory.TrimEnd('/'),
        Path.GetFullPath(options.StateDirectory),
        Path.GetDirectoryName(Path.GetFullPath(options.SocketPath))!,
        KernelGateOptions.DefaultPinRoot,
        KernelShield.DefaultPinRoot,
        .. options.PolicyPaths.Select(Path.GetFullPath),
    ];

    /// <summary>Of these.</summary>
    /// <param name="kept">Files and folders; what lies in a folder among them is named by it.</param>
    /// <param name="mapped">Files that this process executes code of.</param>
    /// <exception cref="KernelGateException">One of them is a folder that the host must be able to change.</exception>
    public static SealScope Of(IEnumerable<string> kept, IEnumerable<string> mapped)
    {
        string[] paths = [.. kept.Select(Real).Distinct(StringComparer.Ordinal)];
        foreach (var path in paths.Where(Directory.Exists))
        {
            if (VitalFolders.WhyNot(path) is { } why)
            {
                throw new KernelGateException(GateFailure.OperationFailed, "cannot seal: " + why);
            }
        }

        bool IsWithin(string path, string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal) && Directory.Exists(folder);
        return new SealScope(
            [.. paths.Where(p => !paths.Any(f => IsWithin(p, f)))],
            [.. mapped.Select(Real).Distinct(StringComparer.Ordinal).Where(m => !paths.Any(f => m.Equals(f, StringComparison.Ordinal) || IsWithin(m, f)))]);
    }

    /// <summary>What the agent was told, so that one that takes over a seal has been told the same.</summary>
    public static byte[] Digest(AgentOptions options)
    {
        var text = new StringBuilder();
        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}{value.Length}:{value}\n");
        foreach (var path in options.PolicyPaths)
        {
            Add("policy", Path.GetFullPath(path));
        }

        Add("state", Path.GetFullPath(options.StateDirectory));
        Add("trust", options.TrustDatabasePath is { } trust ? Path.GetFullPath(trust) : "");
        Add("owner", Path.GetFullPath(options.OwnerKeyPath));
        Add("socket", Path.GetFullPath(options.SocketPath));
        if (!string.Equals(options.ClientsDirectory, GatehouseDefaults.ClientsDirectory, StringComparison.Ordinal))
        {
            Add("clients", Path.GetFullPath(options.ClientsDirectory));
        }

        Add("report", options.Reporting.ToString());
        Add("ring", options.RingBytes.ToString(CultureInfo.InvariantCulture));
        Add("watchdog", options.QuestionWatchdog.ToString());
        Add("failure", options.OnCanaryFailure.ToString());
        Add("level", options.LogLevel.ToString());
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>The files of which a process executes code, from its maps (proc_pid_maps(5)).</summary>
    public static IEnumerable<string> MappedFiles(IEnumerable<string> maps)
    {
        foreach (var line in maps)
        {
            var place = line.IndexOf('/', StringComparison.Ordinal);
            var rights = line.IndexOf(' ', StringComparison.Ordinal) + 1;
            if (place > 0 && rights > 0 && line[rights + 2] == 'x' && !line.StartsWith("/memfd:", StringComparison.Ordinal)
                && !line.EndsWith(" (deleted)", StringComparison.Ordinal) && line.AsSpan(place).IndexOf("memfd:", StringComparison.Ordinal) != 1)
            {
                yield return line[place..];
            }
        }
    }

    /// <summary>Libraries that the runtime loads when they are first needed; what is not there at the seal is refused later.</summary>
    private static void LoadLate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _ = key.SignHash(SHA256.HashData([]));
    }

    /// <summary>Without links in any part of it. Of what is not there the shield says so.</summary>
    private static string Real(string path)
    {
        var full = Path.GetFullPath(path);
        return PathResolver.Resolve(full) ?? (full.Length > 1 ? full.TrimEnd('/') : full);
    }

    /// <summary>The agent's control group as a whole, unless it is the root, and the files of those above.</summary>
    private static IEnumerable<string> GroupFiles()
    {
        if (ControlGroup.Current() is not { Length: > 1 } group)
        {
            yield break;
        }

        yield return ControlGroup.Folder(group);
        for (var at = Path.GetDirectoryName(group); at is { Length: > 1 }; at = Path.GetDirectoryName(at))
        {
            foreach (var file in s_groupFiles)
            {
                yield return $"{ControlGroup.Folder(at)}/{file}";
            }
        }
    }
}
