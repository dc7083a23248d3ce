using System.CommandLine;
using System.Security.Cryptography;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust add</c>: record files by hand, by a signature, or by a list of fs-verity digests.</summary>
internal sealed class TrustAddCommand : CliCommand
{
    private readonly TrustArguments _trust;
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "File to record, whatever it is; a symbolic link stands for the file that it leads to.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _source = new("--source")
    {
        Description = "The source to record; only baseline can be claimed, signer has to be proved by --signature.",
        HelpName = "baseline",
        DefaultValueFactory = static _ => "baseline",
    };

    private readonly Option<string?> _signature = new("--signature")
    {
        Description = "Detached signature of the file or list, as `openssl dgst -sha256 -sign` makes it: recorded as signer.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _publicKey = new("--public-key")
    {
        Description = "The key (PEM: ECDSA P-256, or RSA of 2048 bits and more) that the signature is verified with.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _list = new("--verity-digests")
    {
        Description = "List of fs-verity digests, in lines as `fsverity digest` prints them: sha256:HEX PATH.",
        HelpName = "LIST",
    };

    public TrustAddCommand(CliContext context)
        : base("add", "Record files by hand, by a detached signature, or by a list of fs-verity digests.", context)
    {
        _source.AcceptOnlyFromAmong("baseline");
        _files.Validators.Add(static r => PolicySources.RefuseOptions(r, r.Tokens.Select(static t => t.Value)));
        Arguments.Add(_files);
        Options.Add(_source);
        Options.Add(_signature);
        Options.Add(_publicKey);
        Options.Add(_list);
        _trust = new TrustArguments(this, context, writes: true);
        Validators.Add(result =>
        {
            var files = result.GetValue(_files)?.Length ?? 0;
            var list = result.GetValue(_list);
            if ((files == 0) == (list is null))
            {
                result.AddError("either files or --verity-digests must be given, and not both");
            }

            if (result.GetValue(_signature) is null != result.GetValue(_publicKey) is null)
            {
                result.AddError("--signature and --public-key belong together");
            }
            else if (result.GetValue(_signature) is not null && files > 1)
            {
                result.AddError("a signature is that of one file");
            }
        });
        SetAction((result, cancellationToken) => _trust.RunAsync(
            result,
            () => _trust.Change(result, fresh: false, (_, change, key) => Add(result, change, key, cancellationToken)),
            cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust add /opt/vendor/bin/tool", "Record what the file is at this moment, as baseline."),
        new("sudo gatehouse trust add tool --signature tool.sig --public-key vendor.pem", "Record it because its vendor has signed it."),
        new("sudo gatehouse trust add --verity-digests digests.txt", "Record files that fs-verity protects."),
    ];

    public override string Statuses => TrustArguments.WriterStatuses;

    private (int Status, bool Changed) Add(ParseResult result, TrustChange change, ECDsa? key, CancellationToken cancellationToken)
    {
        change.CheckKey(key);
        var added = Read(result, cancellationToken);

        // What was recorded by the same source under the same name is the earlier version of the file.
        var replaced = added.Select(static e => (e.Path, e.Kind, e.Source)).ToHashSet();
        var kept = change.Current.Entries.Where(e => !replaced.Contains((e.Path, e.Kind, e.Source))).ToList();
        var database = change.Commit(kept.Concat(added), key);
        var report = new Report();
        foreach (var entry in added)
        {
            report.Line($"{TrustWords.Of(entry.Source)} {TrustWords.Of(entry.Kind)} {entry.Digest} {entry.Path}");
        }

        var gone = change.Current.Entries.Length - kept.Count;
        Context.Write(report.Line(
            ($"{added.Count} digests recorded", Tone.Good),
            gone > 0 ? $" in place of {gone}" : "",
            $"; the database is number {database.Counter} with {database.Entries.Length} entries"));
        return (ExitStatus.Ok, true);
    }

    private IReadOnlyList<TrustEntry> Read(ParseResult result, CancellationToken cancellationToken)
    {
        try
        {
            using var signature = result.GetValue(_signature) is { } path ? DetachedSignature.Read(path, result.GetValue(_publicKey)!) : null;
            if (result.GetValue(_list) is { } list)
            {
                return FileRecorder.RecordList(list, signature);
            }

            var recorder = new FileRecorder(TrustArguments.Look, new ModuleUnpacker());
            return [.. result.GetValue(_files)!.SelectMany(f => recorder.Record(f, signature, cancellationToken))];
        }
        catch (TrustRefusedException e)
        {
            throw new TrustInputException(e.Message, e);
        }
    }
}
