using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust export</c>: for other tools.</summary>
internal sealed class TrustExportCommand : CliCommand
{
    public TrustExportCommand(CliContext context)
        : base("export", "Print all entries for other tools.", context)
    {
        var format = new Option<string>("--format")
        {
            Description = "sha256sum: lines that `sha256sum --check` reads, of files only; json: one object with everything.",
            HelpName = "sha256sum|json",
            DefaultValueFactory = static _ => "sha256sum",
        };
        format.AcceptOnlyFromAmong("sha256sum", "json");
        Options.Add(format);
        var trust = new TrustArguments(this, context, writes: false);
        SetAction((result, cancellationToken) => trust.RunAsync(
            result,
            () =>
            {
                var reading = trust.File(result).Read();
                if (result.GetValue(format) is "json")
                {
                    Context.WriteJson(TrustListing.Of(reading, reading.Database.Entries), TrustJson.Default.TrustListing);
                }
                else
                {
                    // Two packages may own one file with one content.
                    foreach (var line in reading.Database.Entries.Where(static e => e.Kind == DigestKind.Content).Select(Line).Distinct(StringComparer.Ordinal))
                    {
                        Context.Environment.Output.WriteLine(line);
                    }
                }

                return (ExitStatus.Ok, false);
            },
            cancellationToken));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust export | sha256sum --check --quiet", "Verify without Gatehouse."),
        new("sudo gatehouse trust export --format json > trust.json", "Everything, for a script."),
    ];

    public override string Statuses => TrustArguments.ReaderStatuses;

    // A backslash before the digest says that the name has escapes in it: sha256sum(1).
    private static string Line(TrustEntry entry)
    {
        var name = entry.Path.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
        return $"{(name.Length > entry.Path.Length ? "\\" : "")}{entry.Digest}  {name}";
    }
}
