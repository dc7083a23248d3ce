using System.Collections.Immutable;
using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>From the YAML nodes of a file to its model. Goes through the whole file whatever it finds.</summary>
internal sealed class DocumentBuilder
{
    private readonly SchemaContext _context;
    private readonly DiagnosticBag _diagnostics;

    private DocumentBuilder(SchemaContext context)
    {
        _context = context;
        _diagnostics = context.Diagnostics;
    }

    /// <summary>The document, or null if anything was reported as an error.</summary>
    public static PolicyDocument? Build(SchemaContext context, YamlNode root, string sourceSha256)
    {
        if (root is YamlMapping map)
        {
            return new DocumentBuilder(context).Build(map, sourceSha256);
        }

        if (root is YamlScalar { IsNull: true })
        {
            context.Report(
                DiagnosticCatalog.EmptyFile, root, "The file contains no policy.", "begin with `apiVersion: gatehouse/v1`");
        }
        else if (root is not YamlReported)
        {
            context.Report(
                DiagnosticCatalog.WrongType, root, "A policy must be a map.", "begin with `apiVersion: gatehouse/v1`");
        }

        return null;
    }

    private PolicyDocument? Build(YamlMapping map, string sourceSha256)
    {
        var policy = new MapReader(_context, map, "a policy", DocumentKeys.Policy);
        CheckApiVersion(policy);
        var metadataMap = policy.AsMap(policy.Require("metadata", "add `metadata:` with a `name:`"), "metadata");
        var metadata = metadataMap is null ? null : new MapReader(_context, metadataMap, "metadata", DocumentKeys.Metadata);
        var nameNode = metadata?.AsText(metadata.Require("name"), "name");
        var name = NameReader.Name(_context, nameNode);
        var client = metadata is null || !metadata.Has("client")
            ? DocumentKeys.DefaultClient
            : NameReader.Name(_context, metadata.AsText(metadata.Optional("client"), "client"));
        var altitude = Altitude(metadata);
        var description = metadata?.Text("description") ?? "";
        var mode = policy.Word("mode", PolicyWords.Modes, RuleMode.Enforce);
        var sets = ReadSets(policy);
        var protections = new ProtectionReader(_context, mode).Read(policy);
        var errorsBeforeRules = _diagnostics.ErrorCount;
        var rules = ReadRules(policy, mode, sets);
        if (_diagnostics.ErrorCount == errorsBeforeRules)
        {
            // With errors in conditions it is not known which sets these mean.
            ReportUnused(sets);
        }

        var standing = ProtectionRules.Of(protections, mode).ToImmutableArray();
        CheckNames(standing, rules);
        DocumentChecks.Check(rules, client, _diagnostics);
        if (_diagnostics.HasErrors || name is null || client is null || nameNode is null)
        {
            return null;
        }

        return new PolicyDocument
        {
            FileName = _context.Source.FileName,
            Name = name,
            Client = client,
            Altitude = altitude,
            Description = description,
            Mode = mode,
            Protections = protections,
            Rules = [.. standing, .. rules],
            SourceSha256 = sourceSha256,
            NameSpan = _context.Span(nameNode),
        };
    }

    private void CheckApiVersion(MapReader policy)
    {
        var version = policy.AsText(policy.Require("apiVersion", $"add `apiVersion: {DocumentKeys.ApiVersion}`"), "apiVersion");
        if (version is not null && !string.Equals(version.Value, DocumentKeys.ApiVersion, StringComparison.Ordinal))
        {
            _context.Report(
                DiagnosticCatalog.UnknownApiVersion,
                version,
                $"This version reads policies of {DocumentKeys.ApiVersion}, not of \"{Excerpt.Of(version.Value)}\".",
                $"write `apiVersion: {DocumentKeys.ApiVersion}`");
        }
    }

    private int Altitude(MapReader? metadata)
    {
        if (metadata?.AsText(metadata.Optional("altitude"), "altitude") is not { } node)
        {
            return DocumentKeys.DefaultAltitude;
        }

        if (node.Style == YamlScalarStyle.Plain
            && int.TryParse(node.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var altitude)
            && altitude <= PolicyLimits.MaxAltitude)
        {
            return altitude;
        }

        _context.Report(
            DiagnosticCatalog.NumberOutOfRange,
            node,
            $"`altitude` must be a whole number from 0 to {PolicyLimits.MaxAltitude}, without quotes.");
        return DocumentKeys.DefaultAltitude;
    }

    private SetScope ReadSets(MapReader policy)
    {
        var scope = new SetScope(_diagnostics);
        if (policy.AsMap(policy.Optional("sets"), "sets") is not { } map)
        {
            return scope;
        }

        var sets = new MapReader(_context, map, "sets", known: []);
        foreach (var entry in sets.Entries)
        {
            var name = NameReader.SetName(_context, entry.Key);
            var list = sets.AsList(entry.Value, entry.Key.Value);
            if (name is not null)
            {
                scope.Add(ReadSet(name, entry.Key, list, sets));
            }
        }

        return scope;
    }

    private NamedSet ReadSet(string name, YamlScalar key, YamlSequence? list, MapReader sets)
    {
        var errorsBefore = _diagnostics.ErrorCount;
        var elements = ImmutableArray.CreateBuilder<(string, SourceSpan)>();
        foreach (var (index, item) in (list?.Items ?? []).Index())
        {
            if (sets.AsText(item, $"{name}[{index}]") is { } element)
            {
                elements.Add((element.Value, _context.Span(element)));
            }
        }

        var sound = list is not null && _diagnostics.ErrorCount == errorsBefore && list.Items.Length == elements.Count;
        return new NamedSet(name, _context.Span(key), elements.ToImmutable(), sound);
    }

    private ImmutableArray<PolicyRule> ReadRules(MapReader policy, RuleMode mode, SetScope sets)
    {
        var isNeeded = !policy.Has("protect");
        var node = isNeeded ? policy.Require("rules", "add `rules:` with at least one rule") : policy.Optional("rules");
        if (policy.AsList(node, "rules") is not { } list)
        {
            return [];
        }

        if (list.Items.IsEmpty)
        {
            _context.Report(DiagnosticCatalog.EmptyList, list, "A policy needs at least one rule.", "add a rule");
        }

        if (list.Items.Length > PolicyLimits.MaxRulesPerPolicy)
        {
            _context.Report(
                DiagnosticCatalog.TooManyRules,
                list.Items[PolicyLimits.MaxRulesPerPolicy],
                $"The policy has {list.Items.Length} rules; at most {PolicyLimits.MaxRulesPerPolicy} are possible.",
                "divide the policy, or use `in` lists instead of one rule for each file");
        }

        var builder = new RuleBuilder(_context, mode, sets);
        return [.. list.Items.Take(PolicyLimits.MaxRulesPerPolicy).Select(builder.Build).OfType<PolicyRule>()];
    }

    private void CheckNames(ImmutableArray<PolicyRule> standing, ImmutableArray<PolicyRule> rules)
    {
        var taken = standing.Select(static r => r.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var rule in rules.Where(r => taken.Contains(r.Name)))
        {
            _diagnostics.Add(
                DiagnosticCatalog.DuplicateRule, rule.Span, $"The rule name \"{rule.Name}\" is one that a protection has.", "give the rule another name");
        }
    }

    private void ReportUnused(SetScope sets)
    {
        foreach (var set in sets.Unused)
        {
            _diagnostics.Add(
                DiagnosticCatalog.UnusedSet, set.Span, $"No rule uses the set `{set.Name}`.", "use it with `in`, or leave it out");
        }
    }
}
