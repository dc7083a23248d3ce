using System.Globalization;
using Gatehouse.Interop.Handles;
using Gatehouse.Interop.Linux;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Shielding;

/// <summary>
/// Finds what other processes have had since before something was guarded and that no hook asks about again: shared mappings that are written to
/// (<c>/proc/PID/maps</c>), and descriptors of BPF maps of Gatehouse (<c>/proc/PID/fdinfo</c>, the line <c>map_id</c>).
/// </summary>
/// <remarks>What cannot be read is left out: a process that ends meanwhile. Descriptors of files are asked about at each write, so they are not looked for.</remarks>
internal sealed class EarlierHolds(BpfMap guarded, BpfMap filesystems, PathBinder binder)
{
    private const ulong KeepsContent = (ulong)(Abi.Guard.Entry | Abi.Guard.Tree | Abi.Guard.Content);
    private const string MapLink = "anon_inode:bpf-map";
    private const string MapLine = "map_id:";

    /// <summary>Each, as a sentence for people.</summary>
    public IReadOnlyList<string> Find()
    {
        var ours = MapsOf(Environment.ProcessId).ToHashSet();
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
                continue;
            try
            {
                found.AddRange(WrittenMappings(folder).Select(path => $"process {pid} ({Name(folder)}) has had {path} mapped for writing since before it was kept"));
                if (MapsOf(pid).Any(ours.Contains))
                    found.Add($"process {pid} ({Name(folder)}) has had a BPF map of Gatehouse open since before the seal");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is a kernel thread.
            }
        }
        return found;
    }

    private IEnumerable<string> WrittenMappings(string folder)
    {
        foreach (var line in File.ReadLines(folder + "/maps"))
        {
            // 7f…-7f… rw-s 00000000 fd:01 1234    /path
            var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 6 && words[1] is [_, 'w', _, 's'] && words[5][0] == '/' && IsConcerned(words[3]) && IsKept($"{folder}/map_files/{WithoutZeros(words[0])}"))
                yield return words[5];
        }
    }

    /// <summary>Whether something on a file system is kept. Others are not touched: whoever serves one (FUSE) could hold up the agent.</summary>
    /// <param name="device">As in maps, in hexadecimal digits: <c>fd:01</c>.</param>
    private bool IsConcerned(string device) =>
        device.Split(':') is [var major, var minor]
        && uint.TryParse(major, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
        && uint.TryParse(minor, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low)
        && filesystems.TryLookup((high << 20) | low, out uint _);

    /// <summary>By what the kernel's hooks call it: its path may be one of another mount namespace, or of another link.</summary>
    private bool IsKept(string link) => FileProbe.Look(link).IsRegular && binder.Identify(link).Any(key =>
        guarded.TryLookup(key, out ulong bits) && (bits & (KeepsContent | (KeepsContent << (int)Abi.Guarded.Clients))) != 0);

    private static string WithoutZeros(string range) =>
        string.Join('-', range.Split('-').Select(static a => a.TrimStart('0') is { Length: > 0 } digits ? digits : "0"));

    private static IEnumerable<uint> MapsOf(int pid)
    {
        foreach (var link in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
        {
            if (!string.Equals(FileProbe.ReadLink(link), MapLink, StringComparison.Ordinal))
                continue;
            var line = File.ReadLines($"/proc/{pid}/fdinfo/{Path.GetFileName(link)}").FirstOrDefault(static l => l.StartsWith(MapLine, StringComparison.Ordinal));
            if (line is not null && uint.TryParse(line.AsSpan(MapLine.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                yield return id;
        }
    }

    private static string Name(string folder) =>
        string.Concat(File.ReadAllText(folder + "/comm").TrimEnd('\n').Select(static c => char.IsControl(c) || c is '"' ? '?' : c));
}
