using System.CommandLine;
using System.Security.Cryptography;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust remove</c>.</summary>
internal sealed class TrustRemoveCommand : CliCommand
{
    private readonly TrustArguments _trust;
    private readonly Argument<string[]> _names = new("PATH|DIGEST")
    {
        Description = "What to forget: a path as `trust list` shows it, or a digest of 64 digits, with or without sha256: before it.",
        Arity = ArgumentArity.OneOrMore,
    };

    public TrustRemoveCommand(CliContext context)
        : base("remove", "Forget what is recorded for a path, or by a digest. A file of a package comes back with the next scan.", context)
    {
        _names.Validators.Add(static r => PolicySources.RefuseOptions(r, r.Tokens.Select(static t => t.Value)));
        Arguments.Add(_names);
        _trust = new TrustArguments(this, context, writes: true);
        SetAction((result, cancellationToken) => _trust.RunAsync(
            result,
            () => _trust.Change(result, fresh: false, (_, change, key) => Remove(result.GetValue(_names)!, change, key)),
            cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust remove /opt/vendor/bin/tool", "Forget a file."),
        new("sudo gatehouse trust remove e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "Forget a digest, whatever has it."),
    ];

    public override string Statuses => TrustArguments.WriterStatuses;

    private (int Status, bool Changed) Remove(string[] names, TrustChange change, ECDsa? key)
    {
        change.CheckKey(key);
        var removed = new HashSet<TrustEntry>();
        foreach (var name in names)
        {
            var found = change.Current.Entries.Where(Named(name)).ToList();
            if (found.Count == 0)
            {
                throw new TrustInputException($"nothing is recorded for {name}; nothing was removed");
            }

            removed.UnionWith(found);
        }

        // Another file may have the same content: then it stays trusted, and somebody should know.
        var kept = change.Current.Entries.Where(e => !removed.Contains(e)).ToList();
        var digests = removed.Select(static e => e.Digest).ToHashSet();
        foreach (var other in kept.Where(e => digests.Contains(e.Digest)))
        {
            _trust.Warn($"{other.Digest} stays trusted: {other.Path} has it too ({TrustWords.Of(other.Source)} {other.Origin})");
        }

        var database = change.Commit(kept, key);
        Context.Write(new Report().Line(
            ($"{removed.Count} digests removed", Tone.Good), $"; the database is number {database.Counter} with {database.Entries.Length} entries"));
        return (ExitStatus.Ok, true);
    }

    private static Func<TrustEntry, bool> Named(string name)
    {
        var digits = name.StartsWith("sha256:", StringComparison.Ordinal) ? name["sha256:".Length..] : name;
        if (TrustDigest.TryParse(digits, out var digest))
        {
            return e => e.Digest == digest;
        }

        var path = Path.GetFullPath(name);
        return e => string.Equals(e.Path, path, StringComparison.Ordinal);
    }
}
