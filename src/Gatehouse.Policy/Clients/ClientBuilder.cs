using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>From the YAML nodes of a registration to its model. Goes through the whole file whatever it finds.</summary>
internal sealed class ClientBuilder(SchemaContext context)
{
    private static readonly ImmutableArray<string> s_keys =
        ["apiVersion", "client", "description", "executable", "user", "classes", "altitude", "quotas", "mayAsk", "mayProtect"];

    private static readonly ImmutableArray<string> s_executableKeys = ["path", "sha256", "trust"];
    private static readonly ImmutableArray<string> s_altitudeKeys = ["from", "to"];
    private static readonly ImmutableArray<string> s_quotaKeys = ["subscriptions", "rules", "policies"];
    private static readonly ImmutableArray<string> s_trustWords = ["package", "baseline", "signer"];

    /// <summary>The client, or null if anything was reported as an error.</summary>
    public ClientDefinition? Build(YamlNode root, string sourceSha256)
    {
        if (root is not YamlMapping map)
        {
            if (root is not YamlReported)
            {
                context.Report(DiagnosticCatalog.WrongType, root, "The registration of a client must be a map.", "begin with `apiVersion: gatehouse/v1`");
            }

            return null;
        }

        var client = new MapReader(context, map, "the registration of a client", s_keys);
        CheckApiVersion(client);
        var nameNode = client.AsText(client.Require("client", "add `client:` with its name"), "client");
        var name = NameReader.Name(context, nameNode);
        var executable = Part(client, "executable", s_executableKeys, required: true);
        var path = executable?.AsText(executable.Require("path"), "path");
        var userNode = client.AsText(client.Require("user", "add `user:` with the user that the client runs as"), "user");
        var (lowest, highest) = Altitudes(client);
        var quotas = Part(client, "quotas", s_quotaKeys, required: false);
        var (classes, sha256, trust) = (Classes(client), Digests(executable), Trust(executable));
        var subscriptions = Number(quotas, "subscriptions", ClientLimits.DefaultSubscriptions, 0, ClientLimits.MaxSubscriptions);
        var rules = Number(quotas, "rules", ClientLimits.DefaultRules, 0, PolicyLimits.MaxRules);
        var policies = Number(quotas, "policies", ClientLimits.DefaultPolicies, 0, PolicyLimits.MaxPolicies);
        var (mayAsk, mayProtect) = (Flag(client, "mayAsk"), Flag(client, "mayProtect"));
        CheckPath(path);
        if (context.Diagnostics.HasErrors || name is null || nameNode is null || path is null || userNode is null)
        {
            return null;
        }

        return new ClientDefinition
        {
            FileName = context.Source.FileName,
            Name = name,
            Description = client.Text("description"),
            ExecutablePath = path.Value,
            Sha256 = sha256,
            Trust = trust,
            User = userNode.Value,
            Classes = classes,
            LowestAltitude = lowest,
            HighestAltitude = highest,
            MaxSubscriptions = subscriptions,
            MaxRules = rules,
            MaxPolicies = policies,
            MayAsk = mayAsk,
            MayProtect = mayProtect,
            SourceSha256 = sourceSha256,
            NameSpan = context.Span(nameNode),
            UserSpan = context.Span(userNode),
        };
    }

    private void CheckApiVersion(MapReader client)
    {
        var version = client.AsText(client.Require("apiVersion", $"add `apiVersion: {DocumentKeys.ApiVersion}`"), "apiVersion");
        if (version is not null && !string.Equals(version.Value, DocumentKeys.ApiVersion, StringComparison.Ordinal))
        {
            context.Report(
                DiagnosticCatalog.UnknownApiVersion,
                version,
                $"This version reads registrations of {DocumentKeys.ApiVersion}, not of \"{Excerpt.Of(version.Value)}\".",
                $"write `apiVersion: {DocumentKeys.ApiVersion}`");
        }
    }

    private MapReader? Part(MapReader client, string key, ImmutableArray<string> keys, bool required)
    {
        if (!required && !client.Has(key))
        {
            return null;
        }

        return client.AsMap(client.Require(key), key) is { } map ? new MapReader(context, map, $"`{key}`", keys) : null;
    }

    private (int Lowest, int Highest) Altitudes(MapReader client)
    {
        if (Part(client, "altitude", s_altitudeKeys, required: true) is not { } range)
        {
            return (0, 0);
        }

        range.Require("from");
        range.Require("to");
        var lowest = Number(range, "from", 0, 0, PolicyLimits.MaxAltitude);
        var highest = Number(range, "to", PolicyLimits.MaxAltitude, 0, PolicyLimits.MaxAltitude);
        if (lowest > highest && range.Optional("from") is { } node)
        {
            context.Report(DiagnosticCatalog.NumberOutOfRange, node, "`from` must not be above `to`.", "exchange the two");
        }

        return (lowest, highest);
    }

    private ImmutableArray<string> Classes(MapReader client)
    {
        if (client.AsList(client.Require("classes", Spelling.OneOf(ClientLimits.Classes)), "classes") is not { } list)
        {
            return [];
        }

        if (list.Items.IsEmpty)
        {
            context.Report(DiagnosticCatalog.EmptyList, list, "A client needs at least one class.", Spelling.OneOf(ClientLimits.Classes));
        }

        return [.. Words(client, list, "classes", ClientLimits.Classes).Distinct(StringComparer.Ordinal)];
    }

    private List<string> Words(MapReader map, YamlSequence list, string key, ImmutableArray<string> known)
    {
        var words = new List<string>();
        foreach (var (index, item) in list.Items.Index())
        {
            if (map.AsText(item, $"{key}[{index}]") is not { } text)
            {
                continue;
            }

            if (!known.Contains(text.Value, StringComparer.Ordinal))
            {
                ReportWord(key, text, known);
            }

            words.Add(text.Value);
        }

        return words;
    }

    private ImmutableArray<string> Digests(MapReader? executable)
    {
        if (executable is null || executable.Optional("sha256") is not { } node)
        {
            return [];
        }

        // One digest may stand without a list around it.
        IEnumerable<YamlNode> items = node is YamlScalar ? [node] : executable.AsList(node, "sha256")?.Items ?? [];
        if (node is YamlSequence { Items.IsEmpty: true })
        {
            // An empty list would read as "any content" to the agent and as "none" to its reader.
            context.Report(DiagnosticCatalog.EmptyList, node, "`sha256` needs at least one digest.", "leave the key out if any content will do");
        }

        var digests = ImmutableArray.CreateBuilder<string>();
        foreach (var item in items)
        {
            if (executable.AsText(item, "sha256") is not { } text)
            {
                continue;
            }

            if (text.Value.Length != 64 || !text.Value.All(char.IsAsciiHexDigitLower))
            {
                context.Report(DiagnosticCatalog.InvalidHash, text, $"\"{Excerpt.Of(text.Value)}\" is not a SHA-256.", "write 64 lower-case hex digits, as sha256sum prints them");
            }

            digests.Add(text.Value);
        }

        return digests.ToImmutable();
    }

    private string? Trust(MapReader? executable)
    {
        if (executable?.AsText(executable.Optional("trust"), "trust") is not { } text)
        {
            return null;
        }

        if (!s_trustWords.Contains(text.Value, StringComparer.Ordinal))
        {
            ReportWord("trust", text, s_trustWords);
        }

        return text.Value;
    }

    private int Number(MapReader? map, string key, int missing, int least, int most)
    {
        if (map?.AsText(map.Optional(key), key) is not { } node)
        {
            return missing;
        }

        if (node.Style == YamlScalarStyle.Plain
            && int.TryParse(node.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        context.Report(
            DiagnosticCatalog.NumberOutOfRange, node, $"`{key}` must be a whole number from {least} to {most}, without quotes.");
        return missing;
    }

    private bool Flag(MapReader client, string key)
    {
        if (client.AsText(client.Optional(key), key) is not { } text)
        {
            return false;
        }

        if (text.Style != YamlScalarStyle.Plain || text.Value is not ("true" or "false"))
        {
            ReportWord(key, text, ["true", "false"]);
        }

        return text.Value is "true";
    }

    private void CheckPath(YamlScalar? path)
    {
        if (path is null)
        {
            return;
        }

        if (!path.Value.StartsWith('/'))
        {
            context.Report(DiagnosticCatalog.PathNotAbsolute, path, $"The path \"{Excerpt.Of(path.Value)}\" is not absolute.", "write the whole path, beginning with /");
        }
        else if (path.Value.EndsWith('/') || !string.Equals(Path.GetFullPath(path.Value), path.Value, StringComparison.Ordinal))
        {
            context.Report(DiagnosticCatalog.PathNotNormalised, path, $"The path \"{Excerpt.Of(path.Value)}\" is not the normalised path of a file.");
        }
        else if (Encoding.UTF8.GetByteCount(path.Value) > ClientLimits.MaxPathBytes)
        {
            context.Report(DiagnosticCatalog.PathTooLong, path, $"The path is longer than {ClientLimits.MaxPathBytes} bytes.");
        }
    }

    private void ReportWord(string key, YamlScalar text, ImmutableArray<string> known) => context.Report(
        DiagnosticCatalog.UnknownWord, text, $"`{key}` cannot be \"{Excerpt.Of(text.Value)}\".", Spelling.DidYouMeanOrOneOf(text.Value, known));
}
