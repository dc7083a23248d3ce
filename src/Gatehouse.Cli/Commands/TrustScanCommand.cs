using System.CommandLine;
using System.Security.Cryptography;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust scan</c>: record what the package database owns.</summary>
internal sealed class TrustScanCommand : CliCommand
{
    private readonly TrustArguments _trust;
    private readonly Option<bool> _accept = new("--accept-changed")
    {
        Description = "Also record files that are not what their packages brought, or of which the package database does not say it.",
    };

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "Do not read files whose inode, size, mtime and ctime are as the last scan saw them. Believes clock and file system; "
            + "a lie keeps a recorded digest and adds none.",
    };

    private readonly Option<bool> _new = new("--new")
    {
        Description = "Begin a new database; what is in the present one, recorded by hand too, is given up. The way out when it is refused.",
    };

    private readonly Option<bool> _json = CliContext.Json("Print one JSON object.");

    public TrustScanCommand(CliContext context)
        : base("scan", "Record executables, libraries, scripts and kernel modules of all packages, if they are what the packages brought.", context)
    {
        Options.Add(_accept);
        Options.Add(_quick);
        Options.Add(_new);
        Options.Add(_json);
        _trust = new TrustArguments(this, context, writes: true);
        SetAction((result, cancellationToken) => _trust.RunAsync(
            result,
            () => _trust.Change(result, result.GetValue(_new), (file, change, key) => Scan(result, file, change, key, cancellationToken)),
            cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust scan", "Record what packages own; files that were changed are named and not recorded."),
        new("sudo gatehouse trust scan --key /media/owner/owner.pem", "The same, signed."),
        new("gatehouse trust scan --root /mnt/image --database image.db", "Record an image that is not running."),
    ];

    public override string Statuses => TrustArguments.WriterStatuses;

    private (int Status, bool Changed) Scan(
        ParseResult result, TrustDatabaseFile file, TrustChange change, ECDsa? key, CancellationToken cancellationToken)
    {
        change.CheckKey(key);
        var scanner = new TrustScanner(_trust.Packages(result), TrustArguments.Look, new ModuleUnpacker());
        var options = new ScanOptions
        {
            Root = _trust.RootOf(result),
            AcceptChanged = result.GetValue(_accept),
            Earlier = result.GetValue(_quick) ? ScanState.Read(file.StatePath) : null,
            Known = change.Current,
        };
        var scanned = new ScanDisplay(Context.Environment).Run(
            "scanning", progress => scanner.Scan(null, options, progress, cancellationToken));

        // From here on it is written whole or not at all.
        cancellationToken.ThrowIfCancellationRequested();
        var kept = change.Current.Entries.Where(static e => e.Source != TrustSource.Package);
        var database = change.Commit(kept.Concat(scanned.Entries), key);
        TrustReport.SaveState(_trust, file, scanned.State);
        TrustReport.Write(Context, TrustScanned.Of(database, scanned), result.GetValue(_json));
        return (ExitStatus.Ok, true);
    }
}
