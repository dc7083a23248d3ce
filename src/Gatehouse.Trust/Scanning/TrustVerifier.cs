using System.Collections.Concurrent;

namespace Gatehouse.Trust;

/// <summary>Compares a database with the host.</summary>
public sealed class TrustVerifier(IPackageDatabase packages, LookAtFile look, ModuleUnpacker unpacker)
{
    /// <summary>Reads everything that is recorded, and everything that packages own.</summary>
    /// <param name="database">What is recorded.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told how far it is; it goes from 0 to its end twice.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Where they differ, by path; empty if nowhere.</returns>
    /// <exception cref="PackageDatabaseException">The package database cannot be read.</exception>
    public IReadOnlyList<VerifyFinding> Verify(
        TrustDatabase database, ScanOptions options, IProgress<ScanProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(options);
        var digester = new FileDigester(look, unpacker);
        var findings = new ConcurrentBag<VerifyFinding>();
        var byPath = database.Entries.GroupBy(static e => e.Path, StringComparer.Ordinal).ToList();
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        Parallel.ForEach(byPath, parallel, entries =>
        {
            foreach (var finding in Compare(entries, options.Root.TrimEnd('/'), digester, cancellationToken))
            {
                findings.Add(finding);
            }

            progress?.Report(new ScanProgress(Interlocked.Increment(ref done), byPath.Count, digester.Bytes));
        });

        var scanned = new TrustScanner(packages, look, unpacker).Scan(null, options with { Earlier = null }, digester, progress, cancellationToken);
        foreach (var finding in Unrecorded(database, scanned))
        {
            findings.Add(finding);
        }

        return [.. findings.Distinct().OrderBy(static f => f.Path, StringComparer.Ordinal).ThenBy(static f => f.Problem).ThenBy(static f => f.Detail, StringComparer.Ordinal)];
    }

    private IEnumerable<VerifyFinding> Compare(
        IGrouping<string, TrustEntry> entries, string root, FileDigester digester, CancellationToken cancellationToken)
    {
        FileDigests digests;
        try
        {
            var path = Follow(root + entries.Key);
            if (look(path) is not { } facts)
            {
                return entries.Select(static e => Finding(VerifyProblem.Missing, e, "there is no such file"));
            }

            if (!facts.IsRegular)
            {
                return entries.Select(static e => Finding(VerifyProblem.Changed, e, "it is no file any more"));
            }

            var need = entries.Any(static e => e.Kind == DigestKind.FsVerity) ? DigestNeed.AnythingWithFsVerity : DigestNeed.Anything;
            digests = digester.Digest(path, facts, default, need, cancellationToken);
        }
        catch (IOException e)
        {
            digests = new FileDigests { Problem = e.Message };
        }

        return digests.Problem is { } problem
            ? entries.Select(e => Finding(VerifyProblem.Unreadable, e, problem))
            : entries.Select(e => Compare(e, digests)).OfType<VerifyFinding>();
    }

    // What the owner recorded may be a link by now; package files never were one.
    private static string Follow(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path : path;

    private static VerifyFinding? Compare(TrustEntry entry, FileDigests digests)
    {
        if (entry.Kind == DigestKind.Unpacked && digests.UnpackProblem is { } problem)
        {
            return Finding(VerifyProblem.Unreadable, entry, problem);
        }

        var found = entry.Kind switch
        {
            DigestKind.Content => digests.Content,
            DigestKind.Unpacked => digests.Unpacked,
            _ => digests.FsVerity,
        };
        return found == entry.Digest
            ? null
            : Finding(VerifyProblem.Changed, entry, $"{TrustWords.Of(entry.Kind)} is {found?.ToString() ?? "none"}, recorded is {entry.Digest}");
    }

    private static IEnumerable<VerifyFinding> Unrecorded(TrustDatabase database, ScanResult scanned)
    {
        var recorded = database.Entries.Where(static e => e.Kind != DigestKind.FsVerity)
            .Select(static e => (e.Path, e.Digest)).ToHashSet();
        var paths = recorded.Select(static e => e.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in scanned.Entries.Where(e => !recorded.Contains((e.Path, e.Digest))))
        {
            yield return Finding(VerifyProblem.Unrecorded, entry, $"{TrustWords.Of(entry.Kind)} {entry.Digest} is what its package brought, and not recorded");
        }

        foreach (var finding in scanned.Findings.Where(f => !paths.Contains(f.Path)))
        {
            yield return new VerifyFinding(
                finding.Problem == ScanProblem.Unreadable ? VerifyProblem.Unreadable : VerifyProblem.Unrecorded,
                finding.Path,
                finding.Package,
                finding.Detail);
        }
    }

    private static VerifyFinding Finding(VerifyProblem problem, TrustEntry entry, string detail) => new(problem, entry.Path, entry.Origin.ToString(), detail);
}
