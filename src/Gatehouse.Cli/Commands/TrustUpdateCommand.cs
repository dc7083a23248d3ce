using System.CommandLine;
using System.Security.Cryptography;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust update</c>: record packages that changed; what the hook of apt calls.</summary>
internal sealed class TrustUpdateCommand : CliCommand
{
    private readonly TrustArguments _trust;
    private readonly Option<bool> _json = CliContext.Json("Print one JSON object.");

    public TrustUpdateCommand(CliContext context)
        : base("update", "Record packages that were installed, upgraded or removed since the last scan; others are not read.", context)
    {
        Options.Add(_json);
        _trust = new TrustArguments(this, context, writes: true);
        SetAction((result, cancellationToken) => _trust.RunAsync(result, () => Begin(result, cancellationToken), cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust update", "After dpkg or apt; /etc/apt/apt.conf.d/90gatehouse does it by itself."),
    ];

    public override string Statuses =>
        "0 ok, also if there is no database, no agent, or the owner has to sign: then a warning says so; 1 failed; 2 bad usage";

    private (int Status, bool Changed) Begin(ParseResult result, CancellationToken cancellationToken)
    {
        // Never the first to trust anything: a scan is the owner's decision.
        if (!File.Exists(_trust.File(result).Options.Path))
        {
            _trust.Warn($"there is no {_trust.File(result).Options.Path}, so there is nothing to update; `gatehouse trust scan` makes one");
            return (ExitStatus.Ok, false);
        }

        return _trust.Change(result, fresh: false, (file, change, key) => Update(result, file, change, key, cancellationToken));
    }

    private (int Status, bool Changed) Update(
        ParseResult result, TrustDatabaseFile file, TrustChange change, ECDsa? key, CancellationToken cancellationToken)
    {
        var packages = _trust.Packages(result);
        var earlier = ScanState.Read(file.StatePath);
        var update = TrustUpdate.Find(change.Current, earlier, packages);
        if (update.IsEmpty)
        {
            TrustReport.Write(Context, TrustScanned.Unchanged(change.Current), result.GetValue(_json));
            return (ExitStatus.Ok, false);
        }

        try
        {
            change.CheckKey(key);
        }
        catch (TrustKeyNeededException)
        {
            _trust.Warn($"{update.Changed.Count} packages changed and {update.Removed.Count} are gone, but the trust database is signed: "
                + "what is new is not trusted until its owner runs `gatehouse trust scan --key FILE`");
            return (ExitStatus.Ok, false);
        }

        var scanner = new TrustScanner(packages, TrustArguments.Look, new ModuleUnpacker());
        var options = new ScanOptions { Root = _trust.RootOf(result) };
        var scanned = new ScanDisplay(Context.Environment).Run(
            "updating", progress => scanner.Scan(update.Changed, options, progress, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        var database = change.Commit(update.Merge(change.Current, scanned), key);
        TrustReport.SaveState(_trust, file, update.Merge(earlier, database, scanned));
        TrustReport.Write(Context, TrustScanned.Of(database, scanned) with { RemovedPackages = update.Removed.Count }, result.GetValue(_json));
        return (ExitStatus.Ok, true);
    }
}
