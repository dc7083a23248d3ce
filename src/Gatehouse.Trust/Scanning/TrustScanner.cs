namespace Gatehouse.Trust;

/// <summary>Finds what packages brought onto this host that could be loaded.</summary>
/// <remarks>
/// A file is recorded if it is a regular file, an image by its first bytes, and its content is what the package database says.
/// What is not is reported: somebody may have replaced it before the scan. Symbolic links have no content of their own; the file
/// that one leads to is recorded where its package lists it.
/// </remarks>
public sealed class TrustScanner(IPackageDatabase packages, LookAtFile look, ModuleUnpacker unpacker)
{
    private const int SmallestImage = 4;

    /// <summary>Scans.</summary>
    /// <param name="of">Which packages; null: all.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told how far it is, from several threads.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <exception cref="PackageDatabaseException">The package database cannot be read.</exception>
    public ScanResult Scan(
        IReadOnlyList<InstalledPackage>? of, ScanOptions options, IProgress<ScanProgress>? progress, CancellationToken cancellationToken) =>
        Scan(of, options, new FileDigester(look, unpacker), progress, cancellationToken);

    internal ScanResult Scan(
        IReadOnlyList<InstalledPackage>? of,
        ScanOptions options,
        FileDigester digester,
        IProgress<ScanProgress>? progress,
        CancellationToken cancellationToken)
    {
        var installed = of ?? packages.ReadPackages();
        var findings = new List<ScanFinding>();
        var files = FilesOf(installed, options, findings, cancellationToken);
        var known = options.Earlier is null ? null : KnownEntries(options.Known);
        var results = new Outcome[files.Count];
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        Parallel.For(0, files.Count, parallel, i =>
        {
            results[i] = Quick(files[i], options, known) ?? Look(files[i], digester, options, cancellationToken);
            progress?.Report(new ScanProgress(Interlocked.Increment(ref done), files.Count, digester.Bytes));
        });

        findings.AddRange(results.SelectMany(static r => r.Findings));
        findings.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path) is var order and not 0 ? order : a.Problem.CompareTo(b.Problem));
        var recorded = files.Zip(results).Where(static p => p.Second.Entries.Count > 0).Select(static p => (p.First.Path, p.First.Facts));
        return new ScanResult(
            [.. results.SelectMany(static r => r.Entries)],
            findings,
            new ScanState(packages.Arrangement, installed, recorded),
            files.Count,
            digester.Bytes);
    }

    private List<Candidate> FilesOf(
        IReadOnlyList<InstalledPackage> installed, ScanOptions options, List<ScanFinding> findings, CancellationToken cancellationToken)
    {
        var paths = new RootPaths(options.Root, look);
        var files = new List<Candidate>();
        foreach (var package in installed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var origin = TrustOrigin.OfPackage(package.Name, package.Version);
            var places = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var file in packages.ReadFiles(package))
            {
                try
                {
                    if (paths.NameOf(file.Path) is { } path && look(paths.OnHost(path)) is { IsRegular: true, Size: >= SmallestImage } facts)
                    {
                        Add(files, places, new Candidate(path, paths.OnHost(path), facts, origin, file.Reference));
                    }
                }
                catch (IOException e)
                {
                    findings.Add(new ScanFinding(ScanProblem.Unreadable, file.Path, package.Name, e.Message));
                }
            }
        }

        return files;
    }

    // After a merge of /usr a package may list a file under both names, and its sum under one of them.
    private static void Add(List<Candidate> files, Dictionary<string, int> places, Candidate file)
    {
        if (places.TryAdd(file.Path, files.Count))
        {
            files.Add(file);
        }
        else if (files[places[file.Path]].Reference is null)
        {
            files[places[file.Path]] = file;
        }
    }

    private static Dictionary<(string Path, TrustOrigin Origin), List<TrustEntry>> KnownEntries(TrustDatabase database) => database.Entries
        .Where(static e => e.Source == TrustSource.Package)
        .GroupBy(static e => (e.Path, e.Origin))
        .ToDictionary(static g => g.Key, static g => g.ToList());

    private static Outcome? Quick(
        Candidate file, ScanOptions options, Dictionary<(string Path, TrustOrigin Origin), List<TrustEntry>>? known) =>
        known is not null && options.Earlier!.Files.TryGetValue(file.Path, out var facts) && facts == file.Facts
            && known.TryGetValue((file.Path, file.Origin), out var entries)
            ? new Outcome(entries, [])
            : null;

    private static Outcome Look(Candidate file, FileDigester digester, ScanOptions options, CancellationToken cancellationToken)
    {
        var algorithm = file.Reference?.Algorithm ?? default;
        var digests = digester.Digest(file.HostPath, file.Facts, algorithm, DigestNeed.Images, cancellationToken);
        if (digests.Problem is { } problem)
        {
            return file.Finding(ScanProblem.Unreadable, problem);
        }

        if (digests.Form == ImageForm.None)
        {
            return new Outcome([], []);
        }

        List<ScanFinding> findings = [];
        if (file.Reference is null)
        {
            findings.AddRange(file.Finding(ScanProblem.NoReference, "the package database does not say what it should be").Findings);
        }
        else if (!string.Equals(file.Reference.Hex, digests.Reference, StringComparison.Ordinal))
        {
            findings.AddRange(file.Finding(
                ScanProblem.Changed, $"{algorithm.Name} is {digests.Reference}, and the package brought {file.Reference.Hex}").Findings);
        }

        if (findings.Count > 0 && !options.AcceptChanged)
        {
            return new Outcome([], findings);
        }

        List<TrustEntry> entries = [new(file.Path, DigestKind.Content, digests.Content, digests.Size, file.Origin)];
        if (digests.Unpacked is { } unpacked)
        {
            entries.Add(new TrustEntry(file.Path, DigestKind.Unpacked, unpacked, digests.UnpackedSize, file.Origin));
        }
        else if (digests.UnpackProblem is { } why)
        {
            findings.AddRange(file.Finding(ScanProblem.NotUnpacked, why).Findings);
        }

        return new Outcome(entries, findings);
    }

    private sealed record Candidate(string Path, string HostPath, FileFacts Facts, TrustOrigin Origin, ReferenceDigest? Reference)
    {
        public Outcome Finding(ScanProblem problem, string detail) => new([], [new ScanFinding(problem, Path, Origin.Package!, detail)]);
    }

    private sealed record Outcome(IReadOnlyList<TrustEntry> Entries, IReadOnlyList<ScanFinding> Findings);
}
