using System.Collections.Frozen;
using System.Text;

namespace Gatehouse.Agent.Questions;

/// <summary>The mounts whose file systems are watched, read from the text of /proc/self/mountinfo.</summary>
internal static class MountTable
{
    // Nothing is loaded from these: the kernel makes their files up.
    private static readonly FrozenSet<string> s_pseudo = new[]
    {
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs", "fusectl",
        "mqueue", "nsfs", "proc", "pstore", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sysfs", "tracefs",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Somebody else answers their opens. The kernel opens each file for the agent too, on the thread that reads the questions:
    // whoever does not answer that would hold up every open of this host. What is loaded from them gets onMiss.
    private static readonly FrozenSet<string> s_heldUpByOthers = new[]
    {
        "9p", "afs", "ceph", "cifs", "coda", "fuse", "fuseblk", "nfs", "nfs4", "orangefs", "smb3",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] s_layerOptions = ["lowerdir=", "lowerdir+=", "upperdir="];

    /// <summary>A mount of each file system that is watched, in the order of the table.</summary>
    public static IReadOnlyList<WatchedMount> WatchedMounts(IEnumerable<string> lines)
    {
        var devices = new HashSet<string>(StringComparer.Ordinal);
        var mounts = new List<WatchedMount>();
        var all = lines.Select(static l => l.Split(' ')).Where(static f => Array.IndexOf(f, "-") is >= 6 and var dash && dash + 3 < f.Length).ToList();
        var overlays = all.Where(static f => IsOverlay(TypeOf(f))).Select(static f => Unescape(f[4])).ToHashSet(StringComparer.Ordinal);
        var points = all.Select(static f => Unescape(f[4])).ToHashSet(StringComparer.Ordinal);
        foreach (var fields in all)
        {
            // "36 35 98:0 /root /mount/point options … - type source options"
            if (IsWatched(TypeOf(fields)) && devices.Add(fields[2]))
            {
                mounts.Add(new WatchedMount(Unescape(fields[4]), LevelOf(fields, points, overlays)));
            }
        }

        return mounts;
    }

    private static string TypeOf(string[] fields) => fields[Array.IndexOf(fields, "-") + 1];

    private static bool IsOverlay(string type) => string.Equals(type, "overlay", StringComparison.Ordinal);

    private static int LevelOf(string[] fields, HashSet<string> points, HashSet<string> overlays)
    {
        if (!IsOverlay(TypeOf(fields)))
        {
            return 0;
        }

        var layers = fields[Array.IndexOf(fields, "-") + 3].Split(',')
            .Select(static o => (Option: o, Name: s_layerOptions.FirstOrDefault(n => o.StartsWith(n, StringComparison.Ordinal))))
            .Where(static o => o.Name is not null)
            .SelectMany(static o => Unescape(o.Option[o.Name!.Length..]).Split(':'));
        return layers.Any(l => overlays.Contains(MountPointOf(l, points))) ? 2 : 1;
    }

    // The mount that a path is on, by its spelling: the longest mount point that it begins with.
    private static string MountPointOf(string path, HashSet<string> points)
    {
        while (path.Length > 1 && !points.Contains(path))
        {
            var slash = path.LastIndexOf('/');
            path = slash <= 0 ? "/" : path[..slash];
        }

        return path;
    }

    private static bool IsWatched(string type) => !s_pseudo.Contains(type)
        && !s_heldUpByOthers.Contains(type)
        && !type.StartsWith("fuse.", StringComparison.Ordinal);

    // Space, tab, line feed and backslash are written as \ooo.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                result.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
