namespace Gatehouse.Trust;

/// <summary>What an update has to scan: only packages that changed since the last scan or update.</summary>
/// <param name="Changed">New, upgraded, downgraded or installed again.</param>
/// <param name="Removed">Names of packages that are gone.</param>
/// <param name="Installed">All packages.</param>
public sealed record TrustUpdate(
    IReadOnlyList<InstalledPackage> Changed, IReadOnlyCollection<string> Removed, IReadOnlyList<InstalledPackage> Installed)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Changed.Count == 0 && Removed.Count == 0;

    /// <summary>Compares.</summary>
    /// <param name="database">What is recorded.</param>
    /// <param name="earlier">What the last scan or update saw.</param>
    /// <param name="packages">What is installed.</param>
    /// <exception cref="PackageDatabaseException">It cannot be read.</exception>
    public static TrustUpdate Find(TrustDatabase database, ScanState earlier, IPackageDatabase packages)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(packages);
        var installed = packages.ReadPackages();
        var byName = installed.ToDictionary(static p => p.Name, StringComparer.Ordinal);
        var recorded = database.Entries.Where(static e => e.Source == TrustSource.Package).Select(static e => e.Origin).ToHashSet();

        // The state is not signed: entries of another version are replaced whatever it says.
        var stale = recorded.Where(o => byName.TryGetValue(o.Package!, out var p) && !string.Equals(p.Version, o.Version, StringComparison.Ordinal))
            .Select(static o => o.Package!).ToHashSet(StringComparer.Ordinal);
        var moved = !string.Equals(earlier.Arrangement, packages.Arrangement, StringComparison.Ordinal);
        return new TrustUpdate(
            [.. installed.Where(p => moved || stale.Contains(p.Name) || !earlier.Packages.TryGetValue(p.Name, out var e) || e != p)],
            recorded.Select(static o => o.Package!).Concat(earlier.Packages.Keys).Where(n => !byName.ContainsKey(n)).ToHashSet(StringComparer.Ordinal),
            installed);
    }

    /// <summary>The entries afterwards: all others, and what was found in the changed packages.</summary>
    public IEnumerable<TrustEntry> Merge(TrustDatabase database, ScanResult scanned)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(scanned);
        var gone = Changed.Select(static p => p.Name).Concat(Removed).ToHashSet(StringComparer.Ordinal);
        return database.Entries.Where(e => e.Origin.Package is not { } name || !gone.Contains(name)).Concat(scanned.Entries);
    }

    /// <summary>The state afterwards.</summary>
    public ScanState Merge(ScanState earlier, TrustDatabase after, ScanResult scanned)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(scanned);
        var recorded = after.Entries.Where(static e => e.Source == TrustSource.Package).Select(static e => e.Path).ToHashSet(StringComparer.Ordinal);
        var files = scanned.State.Files.Concat(earlier.Files).Where(f => recorded.Contains(f.Key)).Select(static f => (f.Key, f.Value));
        return new ScanState(scanned.State.Arrangement, Installed, files);
    }
}
