using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Interop.Handles;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Shielding;

/// <summary>Writes down what clients protect, beside what the agent is made of.</summary>
/// <remarks>
/// A group keeps its number until the next boot, also when it is gone for a while: processes keep what they may change by number, and another
/// group must not inherit them.
/// </remarks>
internal sealed class GroupTable(BpfMap guarded, BpfMap programs, BpfMap groups, BpfMap filesystems, PathBinder binder) : IDisposable
{
    private const int NameLength = 32;

    private GuardWalk? _walk;
    private IReadOnlyList<ShieldGroup?> _known = [];

    /// <inheritdoc />
    public void Dispose() => _walk?.Dispose();

    /// <summary>The names of the groups that a word of the kernel side has.</summary>
    public IReadOnlyList<string> NamesOf(ulong word) =>
        [.. _known.Index().Where(g => g.Item is not null && (word & Bit(g.Index)) != 0).Select(static g => g.Item!.Name)];

    /// <summary>Exchanges all groups. What is in force is exchanged file by file, protected ones first; before that all is found out.</summary>
    /// <exception cref="IOException">Something of it cannot be read, or there is no room; nothing was changed.</exception>
    public void Set(IReadOnlyList<ShieldGroup> wanted)
    {
        var numbers = Number(wanted);
        var words = new Dictionary<(ulong, ulong, ulong), ulong>();
        var members = new Dictionary<(ulong, ulong, ulong), ulong>();
        var current = 0ul;
        var walk = new GuardWalk(binder, (key, how) => Join(words, key, ((ulong)how << (int)Abi.Guarded.Clients) | current));
        try
        {
            foreach (var (group, number) in wanted.Zip(numbers))
            {
                current = Bit(number);
                foreach (var file in group.Files)
                    walk.Add(file);
                foreach (var file in group.Contents)
                    walk.AddContent(file);
                foreach (var program in group.Programs)
                {
                    // What is written into a program is code of its next process.
                    walk.AddContent(program);
                    foreach (var key in walk.Identify(program))
                        Join(members, key, current);
                }
            }
        }
        catch
        {
            walk.Dispose();
            throw;
        }

        try
        {
            CheckRoom(guarded, words.Keys, "files");
            CheckRoom(programs, members.Keys, "programs");
            // A file system too many does no harm, one too few would.
            foreach (var device in words.Keys.Select(static k => (uint)k.Item1).Distinct())
                filesystems.Update(device, 1u);
        }
        catch
        {
            walk.Dispose();
            throw;
        }

        foreach (var (group, number) in wanted.Zip(numbers))
            groups.Update((uint)number, Padded(group.Name));
        Write(guarded, words, GuardTable.AgentsBits);
        Write(programs, members, (ulong)Abi.ProgramOf.Agent);
        Forget(programs, members, (ulong)Abi.ProgramOf.Agent);
        Forget(guarded, words, GuardTable.AgentsBits);
        _known = Table(wanted, numbers);
        _walk?.Dispose();
        _walk = walk;
    }

    /// <summary>New ones are written before old ones go, so that both must have room.</summary>
    private static void CheckRoom(BpfMap map, IEnumerable<(ulong, ulong, ulong)> wanted, string what)
    {
        var there = map.ReadKeys<Abi.InodeKey>().Select(Place).ToHashSet();
        there.UnionWith(wanted);
        if (there.Count > map.MaxEntries)
            throw new IOException($"there is no room for {there.Count} {what}; {map.MaxEntries} can be kept at once, with those of before");
    }

    private static ulong Bit(int number) => 1ul << ((int)Abi.Guarded.Groups + number);

    private static ShieldGroup?[] Table(IReadOnlyList<ShieldGroup> wanted, IReadOnlyList<int> numbers)
    {
        var table = new ShieldGroup?[(int)Abi.Guarded.GroupCount];
        foreach (var (group, number) in wanted.Zip(numbers))
            table[number] = group;
        return table;
    }

    private List<int> Number(IReadOnlyList<ShieldGroup> wanted)
    {
        var taken = new GroupName[(int)Abi.Guarded.GroupCount];
        for (var i = 0; i < taken.Length; i++)
            _ = groups.TryLookup((uint)i, out taken[i]);
        var numbers = new List<int>(wanted.Count);
        foreach (var group in wanted)
        {
            var name = Padded(group.Name);
            var number = Array.FindIndex(taken, t => t.Equals(name));
            if (number < 0)
                number = Array.FindIndex(taken, static t => t.Equals(default));
            if (number < 0)
                throw new IOException($"there is no room for {group.Name}: this boot has seen {taken.Length} protections of different names");
            taken[number] = name;
            numbers.Add(number);
        }
        return numbers;
    }

    private static GroupName Padded(string name) => MemoryMarshal.Read<GroupName>(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static void Join(Dictionary<(ulong, ulong, ulong), ulong> words, Abi.InodeKey key, ulong bits)
    {
        var place = Place(key);
        words[place] = words.GetValueOrDefault(place) | bits;
    }

    private static (ulong, ulong, ulong) Place(Abi.InodeKey key) => (key.Device, key.Inode, ((ulong)key.Pad << 32) | key.Generation);

    private static Abi.InodeKey Key((ulong Device, ulong Inode, ulong More) place) =>
        new() { Device = place.Device, Inode = place.Inode, Generation = (uint)place.More, Pad = (uint)(place.More >> 32) };

    private static void Write(BpfMap map, Dictionary<(ulong, ulong, ulong), ulong> words, ulong agents)
    {
        foreach (var (place, word) in words)
        {
            var key = Key(place);
            var before = map.TryLookup(key, out ulong bits) ? bits : 0;
            map.Update(key, (before & agents) | word);
        }
    }

    private static void Forget(BpfMap map, Dictionary<(ulong, ulong, ulong), ulong> words, ulong agents)
    {
        foreach (var key in map.ReadKeys<Abi.InodeKey>())
        {
            if (words.ContainsKey(Place(key)) || !map.TryLookup(key, out ulong bits))
                continue;
            if ((bits & agents) == 0)
                map.Remove(key);
            else if ((bits & ~agents) != 0)
                map.Update(key, bits & agents);
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = NameLength)]
    private readonly record struct GroupName(ulong First, ulong Second, ulong Third, ulong Fourth);
}
