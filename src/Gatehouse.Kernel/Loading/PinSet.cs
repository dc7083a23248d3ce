using Gatehouse.Interop.Handles;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// The pins of one kernel object: <c>ROOT/FINGERPRINT/maps/NAME</c> and <c>…/links/PROGRAM</c>. Links are pinned last, so a
/// set with all its links is whole; anything less is left from a crash and is replaced.
/// </summary>
internal sealed class PinSet
{
    private const int FingerprintCharacters = 16;

    private readonly string _root;
    private readonly string _folder;

    public PinSet(string root, string fingerprint)
    {
        _root = root;
        _folder = Path.Combine(root, fingerprint[..FingerprintCharacters]);
    }

    public string Map(string name) => Path.Combine(_folder, "maps", name);

    public string Link(string program) => Path.Combine(_folder, "links", program);

    /// <summary>The programs whose links are pinned, by name.</summary>
    public IReadOnlyList<string> Programs() =>
        [.. Directory.EnumerateFiles(Path.Combine(_folder, "links")).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    public bool IsWhole(IEnumerable<string> programs, IEnumerable<string> maps) =>
        programs.All(p => File.Exists(Link(p))) && maps.All(m => File.Exists(Map(m)));

    public BpfMap OpenMap(string name) => BpfMap.OpenPinned(Map(name));

    public BpfVariable<T> OpenVariable<T>(string name)
        where T : unmanaged => new(Map(name));

    public BpfIterator OpenIterator(string program) => BpfIterator.OpenPinned(Link(program));

    public void Create()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Path.Combine(_folder, "maps"), OwnerOnly);
        Directory.CreateDirectory(Path.Combine(_folder, "links"), OwnerOnly);
    }

    /// <summary>Renames an incomplete set of the same object, so that <see cref="TryRemoveOthers"/> finds it later.</summary>
    public void SetAside()
    {
        var aside = _folder + ".incomplete";
        RemoveFolder(aside);
        if (Directory.Exists(_folder))
            Directory.Move(_folder, aside);
    }

    /// <summary>Removes this set. Links first: enforcement of this object ends with them.</summary>
    public void Remove() => RemoveFolder(_folder);

    /// <summary>Whether another object, of another version, is pinned beside this one.</summary>
    public bool OthersExist => Others().Count > 0;

    /// <summary>Removes what other objects, of earlier versions, have pinned. Called once this one decides.</summary>
    /// <returns>False if something would not go, such as a folder that somebody else made there.</returns>
    public bool TryRemoveOthers()
    {
        var removed = true;
        foreach (var folder in Others())
        {
            try
            {
                RemoveFolder(folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                removed = false;
            }
        }
        return removed;
    }

    public void RemoveRootIfEmpty()
    {
        if (Directory.Exists(_root) && !Directory.EnumerateFileSystemEntries(_root).Any())
            Directory.Delete(_root);
    }

    private List<string> Others() => !Directory.Exists(_root)
        ? []
        : [.. Directory.EnumerateDirectories(_root).Where(f => !string.Equals(f, _folder, StringComparison.Ordinal))];

    private static void RemoveFolder(string folder)
    {
        foreach (var part in new[] { "links", "maps" })
        {
            var path = Path.Combine(folder, part);
            if (!Directory.Exists(path))
                continue;
            foreach (var pin in Directory.EnumerateFiles(path).ToList())
                File.Delete(pin);
            Directory.Delete(path);
        }
        if (Directory.Exists(folder))
            Directory.Delete(folder);
    }
}
