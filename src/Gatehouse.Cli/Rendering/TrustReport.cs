using System.Globalization;
using Gatehouse.Cli.Commands;
using Gatehouse.Cli.Composition;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Rendering;

/// <summary>What a scan or an update has to say.</summary>
internal static class TrustReport
{
    private const double Mebibyte = 1024 * 1024;

    public static void Write(CliContext context, TrustScanned scanned, bool json)
    {
        if (json)
        {
            context.WriteJson(scanned, TrustJson.Default.TrustScanned);
            return;
        }

        var report = new Report();
        foreach (var finding in scanned.Findings)
        {
            report.Line((finding.Problem.PadRight(13), Tone.Warning), $"{finding.Path} ({finding.Package}): {finding.Detail}");
        }

        var left = scanned.Findings.Count(static f => f.Problem is not "not-unpacked");
        if (left > 0)
        {
            report.Line(($"{left} files have findings; if you know why, `gatehouse trust add` records one, and `trust scan --accept-changed` all that can be read", Tone.Warning));
        }

        report.Line(
            ($"{scanned.Recorded} digests recorded", Tone.Good),
            string.Create(
                CultureInfo.InvariantCulture,
                $" from {scanned.Files} files of {scanned.Packages} packages, {scanned.Bytes / Mebibyte:0.0} MiB hashed; the database is number {scanned.Counter} with {scanned.Entries} entries"));
        context.Write(report);
    }

    /// <summary>What is not saved costs the next update or quick scan more reading, and nothing else.</summary>
    public static void SaveState(TrustArguments trust, TrustDatabaseFile file, ScanState state)
    {
        try
        {
            state.Write(file.StatePath, file.Options.FlushDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            trust.Warn($"{file.StatePath} cannot be written, so that the next update reads every package: {e.Message}");
        }
    }
}
