using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Reads the rules of one file.</summary>
internal sealed class RuleBuilder(SchemaContext context, RuleMode policyMode, SetScope sets)
{
    private static readonly string OperationWords = Spelling.OneOf(PolicyWords.Operations.Select(o => o.Word));

    private readonly Dictionary<string, SourceSpan> _names = new(StringComparer.Ordinal);
    private readonly DiagnosticBag _diagnostics = context.Diagnostics;

    /// <summary>The rule, or null if anything in it was reported as an error.</summary>
    public PolicyRule? Build(YamlNode node)
    {
        var errorsBefore = _diagnostics.ErrorCount;
        if (context.AsNamedMap(node, "A rule") is not { } map)
        {
            return null;
        }

        var rule = new MapReader(context, map, "a rule", DocumentKeys.Rule);
        var nameNode = rule.AsText(rule.Require("name"), "name");
        var name = Name(nameNode);
        var on = Operations(rule);
        var action = rule.Word("action", PolicyWords.Actions, RuleAction.Audit, required: true);
        var mode = rule.Word("mode", PolicyWords.Modes, policyMode);
        var severity = rule.Word("severity", PolicyWords.Severities, RuleSeverity.Medium);
        var tags = Tags(context, rule);
        var onFull = rule.Word("onFull", PolicyWords.MissAnswers, MissAnswer.Deny);
        var onMiss = rule.Word("onMiss", PolicyWords.MissAnswers, MissAnswer.Deny);
        var description = rule.Text("description");
        var span = context.Span((YamlNode?)nameNode ?? map);
        var whenNode = rule.AsText(rule.Optional("when"), "when");
        var when = Condition(whenNode, span);
        if (_diagnostics.ErrorCount != errorsBefore || name is null || when is null)
        {
            return null;
        }

        var whenSpan = whenNode is null ? span : context.Span(whenNode);
        return new PolicyRule(when, whenSpan, SpanOf(rule, "onMiss"))
        {
            Name = name,
            On = on,
            Action = action,
            Mode = mode,
            Severity = severity,
            Tags = tags,
            OnMiss = onMiss,
            OnFull = onFull,
            OnFullSpan = SpanOf(rule, "onFull"),
            Description = description,
            Span = span,
        };
    }

    private SourceSpan? SpanOf(MapReader rule, string key) =>
        rule.Optional(key) is { } node ? context.Span(node) : null;

    private string? Name(YamlScalar? node)
    {
        var name = NameReader.Name(context, node);
        if (name is not null && !_names.TryAdd(name, context.Span(node!)))
        {
            context.Report(
                DiagnosticCatalog.DuplicateRule,
                node!,
                $"The rule name \"{name}\" is already used in line {_names[name].StartLine}.",
                "give one of the two rules another name");
        }

        return name;
    }

    private Condition? Condition(YamlScalar? node, SourceSpan ruleSpan)
    {
        if (node is null)
        {
            return new ConstantCondition(Value: true, ruleSpan);
        }

        var source = new ExpressionSource(context.Source, node, _diagnostics);
        return ExpressionParser.Parse(source, sets, _diagnostics);
    }

    private RuleOperations Operations(MapReader rule)
    {
        var node = rule.Require("on", OperationWords);
        if (node is YamlSequence { Items.IsEmpty: true })
        {
            context.Report(
                DiagnosticCatalog.EmptyList, node, "A rule needs at least one operation.", OperationWords);
        }

        var result = RuleOperations.None;
        foreach (var item in node is YamlSequence list ? list.Items : node is null ? [] : [node])
        {
            if (rule.AsText(item, "on") is { } text)
            {
                result |= Operation(text);
            }
        }

        return result;
    }

    private RuleOperations Operation(YamlScalar text)
    {
        foreach (var (word, value) in PolicyWords.Operations)
        {
            if (string.Equals(word, text.Value, StringComparison.Ordinal))
            {
                return value;
            }
        }

        context.Report(
            DiagnosticCatalog.UnknownOperation,
            text,
            $"There is no operation \"{Excerpt.Of(text.Value)}\".",
            Spelling.DidYouMean(text.Value, PolicyWords.Operations.Select(o => o.Word)) ?? OperationWords);
        return RuleOperations.None;
    }

    /// <summary>The key <c>tags</c> of a map.</summary>
    public static ImmutableArray<string> Tags(SchemaContext context, MapReader rule)
    {
        var tags = ImmutableArray.CreateBuilder<string>();
        foreach (var item in rule.AsList(rule.Optional("tags"), "tags")?.Items ?? [])
        {
            if (rule.AsText(item, "tags") is not { } text)
            {
                continue;
            }

            if (IsTechnique(text.Value))
            {
                tags.Add(text.Value);
                continue;
            }

            context.Report(
                DiagnosticCatalog.InvalidTag,
                text,
                $"\"{Excerpt.Of(text.Value)}\" is not an ATT&CK technique id.",
                IsTechnique(text.Value.ToUpperInvariant())
                    ? $"did you mean `{text.Value.ToUpperInvariant()}`?"
                    : "write it as T1059 or T1059.004");
        }

        return tags.ToImmutable();
    }

    /// <summary>T and four digits; for a sub-technique a dot and three more.</summary>
    private static bool IsTechnique(string tag) =>
        tag.Length is 5 or 9
        && tag[0] == 'T'
        && tag.AsSpan(1, 4).IndexOfAnyExceptInRange('0', '9') < 0
        && (tag.Length == 5 || (tag[5] == '.' && tag.AsSpan(6).IndexOfAnyExceptInRange('0', '9') < 0));
}
