using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust list</c>.</summary>
internal sealed class TrustListCommand : CliCommand
{
    // Enough to tell versions apart at a glance; --json has all 64.
    private const int ShownDigits = 12;

    public TrustListCommand(CliContext context)
        : base("list", "List what is recorded, by path.", context)
    {
        var source = new Option<string?>("--source") { Description = "Only entries of this source.", HelpName = "package|baseline|signer" };
        source.AcceptOnlyFromAmong([.. TrustWords.Sources.Select(TrustWords.Of)]);
        var path = new Option<string?>("--path") { Description = "Only paths like this; * stands for any characters, ? for one.", HelpName = "GLOB" };
        var json = CliContext.Json("Print one JSON object.");
        Options.Add(source);
        Options.Add(path);
        Options.Add(json);
        var trust = new TrustArguments(this, context, writes: false);
        SetAction((result, cancellationToken) => trust.RunAsync(
            result,
            () =>
            {
                var reading = trust.File(result).Read();
                var entries = reading.Database.Entries
                    .Where(e => result.GetValue(source) is not { } s || string.Equals(TrustWords.Of(e.Source), s, StringComparison.Ordinal))
                    .Where(e => result.GetValue(path) is not { } p || FileSystemName.MatchesSimpleExpression(p, e.Path, ignoreCase: false));
                Show(reading, [.. entries], result.GetValue(json));
                return (ExitStatus.Ok, false);
            },
            cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust list --source baseline", "What was recorded by hand."),
        new("sudo gatehouse trust list --path /usr/bin/* --json | jq -r '.entries[].digest'", "Digests, for a script."),
    ];

    public override string Statuses => TrustArguments.ReaderStatuses;

    private void Show(TrustReading reading, IReadOnlyList<TrustEntry> entries, bool json)
    {
        if (json)
        {
            Context.WriteJson(TrustListing.Of(reading, entries), TrustJson.Default.TrustListing);
            return;
        }

        var report = new Report();
        if (entries.Count > 0)
        {
            report.Table(
                ["SOURCE", "KIND", "SHA-256", "SIZE", "FROM", "PATH"],
                entries.Select(static e => (IReadOnlyList<Piece>)
                [
                    TrustWords.Of(e.Source),
                    TrustWords.Of(e.Kind),
                    (e.Digest.ToString()[..ShownDigits], Tone.Faint),
                    e.Size?.ToString(CultureInfo.InvariantCulture) ?? "-",
                    e.Origin.ToString(),
                    (e.Path, Tone.Strong),
                ]));
        }

        Context.Write(report.Line(reading.Exists
            ? $"{entries.Count} of {reading.Database.Entries.Length} entries, number {reading.Database.Counter}, {(reading.IsSigned ? "signed by the owner" : "not signed")}"
            : "there is no trust database; nothing is trusted"));
    }
}
