using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Reads the <c>protect</c> list of one file.</summary>
internal sealed class ProtectionReader(SchemaContext context, RuleMode policyMode)
{
    /// <summary>What a rule's name adds to it must fit.</summary>
    public const int LongestName = 50;

    private readonly Dictionary<string, SourceSpan> _names = new(StringComparer.Ordinal);
    private readonly DiagnosticBag _diagnostics = context.Diagnostics;

    /// <summary>The protections without errors.</summary>
    public ImmutableArray<Protection> Read(MapReader policy)
    {
        if (!policy.Has("protect") || policy.AsList(policy.Optional("protect"), "protect") is not { } list)
        {
            return [];
        }

        if (list.Items.IsEmpty)
        {
            context.Report(DiagnosticCatalog.EmptyList, list, "`protect` needs at least one element.", "leave it out, or say what is protected");
        }

        return [.. list.Items.Select(Read).OfType<Protection>()];
    }

    private Protection? Read(YamlNode node)
    {
        var errorsBefore = _diagnostics.ErrorCount;
        if (context.AsNamedMap(node, "A protection") is not { } map)
        {
            return null;
        }

        var reader = new MapReader(context, map, "a protection", DocumentKeys.Protection);
        var nameNode = reader.AsText(reader.Require("name"), "name");
        var name = Name(nameNode);
        var processes = Values(reader, "processes", FieldCatalog.Find("target.file")!);
        var keep = Values(reader, "keep", FieldCatalog.Find("open.right")!);
        var files = Values(reader, "files", FieldCatalog.Find("image.path")!);
        var libraries = Values(reader, "libraries", FieldCatalog.Find("image.path")!);
        var updaters = Values(reader, "updaters", FieldCatalog.Find("process.file")!);
        var severity = reader.Word("severity", PolicyWords.Severities, RuleSeverity.High);
        var tags = RuleBuilder.Tags(context, reader);
        var description = reader.Text("description");
        if (_diagnostics.ErrorCount == errorsBefore)
        {
            Check(reader, map, processes, files, libraries);
        }

        return _diagnostics.ErrorCount != errorsBefore || name is null ? null : new Protection
        {
            Name = name,
            Processes = processes,
            Keep = reader.Has("keep") ? keep : ["query"],
            Files = files,
            Libraries = libraries,
            Updaters = updaters,
            Severity = severity,
            Tags = tags,
            Description = description,
            Span = context.Span((YamlNode?)nameNode ?? map),
        };
    }

    private void Check(
        MapReader reader, YamlMapping map, ImmutableArray<string> processes, ImmutableArray<string> files, ImmutableArray<string> libraries)
    {
        if (processes.IsEmpty && files.IsEmpty)
        {
            context.Report(
                DiagnosticCatalog.EmptyProtection, map, "The protection protects nothing.", "add `processes:` or `files:`");
        }

        if (processes.IsEmpty && reader.Has("keep"))
        {
            context.Report(
                DiagnosticCatalog.UselessProtectionKey, reader.Optional("keep")!, "`keep` says which rights others keep to `processes`, and there are none.", "leave it out");
        }

        if (files.IsEmpty && !libraries.IsEmpty)
        {
            context.Report(
                DiagnosticCatalog.UselessProtectionKey,
                reader.Optional("libraries")!,
                "`libraries` says whose code may be in a process that changes `files`, and there are none.",
                "leave it out");
        }

        if (policyMode == RuleMode.Audit && !files.IsEmpty)
        {
            context.Report(
                DiagnosticCatalog.AuditedFiles,
                reader.Optional("files")!,
                "Files are kept or not: there is no mode audit for them.",
                "leave `mode: audit` out, or write the rules of this policy in another file");
        }
    }

    private string? Name(YamlScalar? node)
    {
        if (NameReader.Name(context, node) is not { } name)
        {
            return null;
        }

        if (name.Length > LongestName)
        {
            context.Report(
                DiagnosticCatalog.InvalidName, node!, $"The name of a protection has at most {LongestName} characters: rules are called after it.", "shorten it");
            return null;
        }

        if (_names.TryAdd(name, context.Span(node!)))
        {
            return name;
        }

        context.Report(
            DiagnosticCatalog.DuplicateRule,
            node!,
            $"The name \"{name}\" is already used in line {_names[name].StartLine}.",
            "give one of the two protections another name");
        return null;
    }

    /// <summary>The elements of a list, each checked as a value of a field; distinct, in the order of the text.</summary>
    private ImmutableArray<string> Values(MapReader reader, string key, PolicyField field)
    {
        if (!reader.Has(key) || reader.AsList(reader.Optional(key), key) is not { } list)
        {
            return [];
        }

        if (list.Items.IsEmpty && !string.Equals(key, "keep", StringComparison.Ordinal))
        {
            context.Report(DiagnosticCatalog.EmptyList, list, $"`{key}` needs at least one element.", "leave it out");
        }

        var values = ImmutableArray.CreateBuilder<string>();
        foreach (var (index, item) in list.Items.Index())
        {
            if (reader.AsText(item, $"{key}[{index}]") is not { } element)
            {
                continue;
            }

            var value = FieldValue.Check(
                field, element.Value, (kind, message, hint) => _diagnostics.Add(kind, context.Span(element), message, hint));
            if (value is not null && !values.Contains(value, StringComparer.Ordinal))
            {
                values.Add(value);
            }
        }

        return values.ToImmutable();
    }
}
