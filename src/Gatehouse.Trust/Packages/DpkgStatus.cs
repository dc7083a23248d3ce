namespace Gatehouse.Trust;

/// <summary>A package in dpkg's <c>status</c> file.</summary>
internal sealed record DpkgPackage(
    string Package, string Architecture, string Version, string State, bool SameForMulti, IReadOnlyDictionary<string, string> ConfigurationFiles)
{
    /// <summary>The states in which all files of the package are unpacked.</summary>
    private static readonly HashSet<string> s_unpacked =
        new(StringComparer.Ordinal) { "installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending" };

    public bool IsUnpacked => s_unpacked.Contains(State);

    /// <summary>Reads all of them.</summary>
    public static IEnumerable<DpkgPackage> Parse(IEnumerable<string> lines)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var configuration = new Dictionary<string, string>(StringComparer.Ordinal);
        var field = "";
        foreach (var line in lines.Append(""))
        {
            if (line.Length == 0)
            {
                if (Of(fields, configuration) is { } package)
                {
                    yield return package;
                }

                fields.Clear();
                configuration = new Dictionary<string, string>(StringComparer.Ordinal);
            }
            else if (line[0] is ' ' or '\t')
            {
                if (string.Equals(field, "Conffiles", StringComparison.OrdinalIgnoreCase))
                {
                    AddConfigurationFile(configuration, line);
                }
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                field = line[..colon];
                fields[field] = line[(colon + 1)..].Trim();
            }
        }
    }

    private static DpkgPackage? Of(Dictionary<string, string> fields, Dictionary<string, string> configuration) =>
        fields.TryGetValue("Package", out var name) && fields.TryGetValue("Version", out var version) && fields.TryGetValue("Status", out var status)
            ? new DpkgPackage(
                name,
                fields.GetValueOrDefault("Architecture", ""),
                version,
                status.Split(' ')[^1],
                string.Equals(fields.GetValueOrDefault("Multi-Arch", ""), "same", StringComparison.Ordinal),
                configuration)
            : null;

    // " /etc/init.d/cron 1234…", perhaps with " obsolete" behind it. A name may have blanks in it.
    private static void AddConfigurationFile(Dictionary<string, string> configuration, string line)
    {
        var text = line.Trim();
        foreach (var flag in (ReadOnlySpan<string>)[" remove-on-upgrade", " obsolete"])
        {
            text = text.EndsWith(flag, StringComparison.Ordinal) ? text[..^flag.Length] : text;
        }

        if (text.LastIndexOf(' ') is > 0 and var split && DpkgSums.IsMd5(text[(split + 1)..]))
        {
            configuration[text[..split]] = text[(split + 1)..];
        }
    }
}
