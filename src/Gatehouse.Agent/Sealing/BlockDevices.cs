using System.Globalization;

namespace Gatehouse.Agent.Sealing;

/// <summary>
/// The block devices that files lie on, from the file system down to the disk: partitions and their disks, the parts of device mapper and
/// RAID, and loop devices with the files behind them. Who writes to one of them changes the files without any file system.
/// </summary>
/// <param name="root">Before /proc and /sys; tests have another.</param>
internal sealed class BlockDevices(string root = "")
{
    private readonly HashSet<(uint Major, uint Minor)> _devices = [];
    private readonly HashSet<string> _backings = new(StringComparer.Ordinal);

    /// <summary>The devices, each once.</summary>
    public IReadOnlyCollection<(uint Major, uint Minor)> Devices => _devices;

    /// <summary>Files that hold the blocks of loop devices among them.</summary>
    public IReadOnlyCollection<string> Backings => _backings;

    /// <summary>Adds what lies beneath a file or folder. A file system without a device has nothing beneath.</summary>
    /// <exception cref="IOException">The kernel's tables cannot be read.</exception>
    public void AddBeneath(string path)
    {
        if (MountOf(path) is not { } mount)
        {
            return;
        }

        AddDevice(mount.Device);

        // btrfs and others give their mounts a number that no device has; the source is one.
        if (mount.Source.StartsWith("/dev/", StringComparison.Ordinal))
        {
            var name = Path.GetFileName(Real(mount.Source));
            if (ReadNumber($"{root}/sys/class/block/{name}/dev") is { } number)
            {
                AddDevice(number);
            }
        }

        foreach (var layer in mount.Layers.Where(l => !l.Equals(path, StringComparison.Ordinal) && Directory.Exists(root + l)))
        {
            AddBeneath(layer);
        }
    }

    /// <summary>/dev/mapper has links. The name need not be there at all: in another namespace, or before udev.</summary>
    private static string Real(string source) =>
        File.Exists(source) ? File.ResolveLinkTarget(source, returnFinalTarget: true)?.FullName ?? source : source;

    private static (uint Major, uint Minor)? Parse(string text)
    {
        var parts = text.Trim().Split(':');
        return parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? (major, minor)
            : null;
    }

    private static (uint Major, uint Minor)? ReadNumber(string file) => File.Exists(file) ? Parse(File.ReadAllText(file)) : null;

    private void AddDevice((uint Major, uint Minor) number)
    {
        var link = string.Create(CultureInfo.InvariantCulture, $"{root}/sys/dev/block/{number.Major}:{number.Minor}");
        if (!Directory.Exists(link) || !_devices.Add(number))
        {
            return;
        }

        var folder = new DirectoryInfo(link).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? link;
        if (File.Exists(Path.Combine(folder, "partition")) && ReadNumber(Path.Combine(Path.GetDirectoryName(folder)!, "dev")) is { } disk)
        {
            AddDevice(disk);
        }

        var slaves = Path.Combine(folder, "slaves");
        foreach (var slave in Directory.Exists(slaves) ? Directory.EnumerateFileSystemEntries(slaves) : [])
        {
            if (ReadNumber(Path.Combine(slave, "dev")) is { } part)
            {
                AddDevice(part);
            }
        }

        var backing = Path.Combine(folder, "loop", "backing_file");
        if (File.Exists(backing) && File.ReadAllText(backing).TrimEnd('\n') is { Length: > 0 } file && _backings.Add(file))
        {
            AddBeneath(file);
        }
    }

    /// <summary>The mount that a path lies on: the last of those with the longest path that leads to it.</summary>
    private Mount? MountOf(string path)
    {
        Mount? best = null;
        foreach (var mount in File.ReadLines(root + "/proc/self/mountinfo").Select(Mount.Parse).OfType<Mount>())
        {
            var leads = mount.Place is "/" || path.Equals(mount.Place, StringComparison.Ordinal)
                || path.StartsWith(mount.Place + "/", StringComparison.Ordinal);
            if (leads && mount.Place.Length >= (best?.Place.Length ?? 0))
            {
                best = mount;
            }
        }

        return best;
    }

    /// <summary>A line of mountinfo (proc_pid_mountinfo(5)).</summary>
    private sealed record Mount((uint Major, uint Minor) Device, string Place, string Source, IReadOnlyList<string> Layers)
    {
        public static Mount? Parse(string line)
        {
            var words = line.Split(' ');
            var dash = words.Length > 6 ? Array.IndexOf(words, "-", 6) : -1;
            if (dash < 0 || words.Length < dash + 4 || BlockDevices.Parse(words[2]) is not { } device)
            {
                return null;
            }

            var layers = words[dash + 1] is "overlay"
                ? words[dash + 3].Split(',')
                    .Where(static o => o.StartsWith("upperdir=", StringComparison.Ordinal) || o.StartsWith("lowerdir=", StringComparison.Ordinal))
                    .SelectMany(static o => o[(o.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(':', StringSplitOptions.RemoveEmptyEntries))
                    .Select(Unescape)
                : [];
            return new Mount(device, Unescape(words[4]), Unescape(words[dash + 2]), [.. layers]);
        }

        /// <summary>Blanks and the like stand there as a backslash and three octal digits.</summary>
        private static string Unescape(string text)
        {
            for (var at = text.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 3 < text.Length; at = text.IndexOf('\\', at + 1))
            {
                var digits = text.AsSpan(at + 1, 3);
                if (digits.IndexOfAnyExceptInRange('0', '7') < 0)
                {
                    var character = (char)(((digits[0] - '0') * 64) + ((digits[1] - '0') * 8) + (digits[2] - '0'));
                    text = string.Concat(text.AsSpan(0, at), character.ToString(), text.AsSpan(at + 4));
                }
            }

            return text;
        }
    }
}
