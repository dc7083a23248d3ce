using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Reads the cases of one file.</summary>
internal sealed class CaseBuilder(SchemaContext context, IReadOnlyList<PolicyDocument> policies)
{
    private static readonly ImmutableArray<string> s_keys =
        ["name", "operation", "process", "ancestors", "target", "image", "answers", "request", "expect", "rule", "description"];

    private static readonly ImmutableArray<(string Word, CaseVerdict Value)> s_verdicts =
    [
        ("allow", CaseVerdict.Allow), ("deny", CaseVerdict.Deny), ("kill", CaseVerdict.Kill), ("audit", CaseVerdict.Audit),
    ];

    private readonly Dictionary<string, SourceSpan> _names = new(StringComparer.Ordinal);

    /// <summary>The case, or null if anything in it was reported as an error.</summary>
    public PolicyCase? Build(YamlNode node)
    {
        var errorsBefore = context.Diagnostics.ErrorCount;
        if (context.AsNamedMap(node, "A case") is not { } map)
        {
            return null;
        }

        var reader = new MapReader(context, map, "a case", s_keys);
        var name = reader.AsText(reader.Require("name"), "name");
        CheckName(name);
        var operation = Operation(reader);
        var expected = reader.Word("expect", s_verdicts, CaseVerdict.Allow, required: true);
        CheckVerdict(reader, operation, expected);
        var rule = reader.AsText(reader.Optional("rule"), "rule");
        CheckRule(rule);
        _ = reader.Text("description");
        var stages = operation == RuleOperations.None ? [] : new CaseFacts(context, reader, operation).Read();
        return context.Diagnostics.ErrorCount != errorsBefore || name is null ? null : new PolicyCase
        {
            Name = name.Value,
            Operation = operation,
            Stages = stages,
            Expected = expected,
            Rule = rule?.Value,
            RuleSpan = rule is null ? null : context.Span(rule),
            Span = context.Span(name),
        };
    }

    private void CheckName(YamlScalar? name)
    {
        if (name is not null && !_names.TryAdd(name.Value, context.Span(name)))
        {
            context.Report(
                DiagnosticCatalog.DuplicateCase,
                name,
                $"The case \"{Excerpt.Of(name.Value)}\" is already in line {_names[name.Value].StartLine}.",
                "give one of the two another name");
        }
    }

    private RuleOperations Operation(MapReader reader)
    {
        var words = PolicyWords.Operations.Select(static o => o.Word).ToList();
        if (reader.AsText(reader.Require("operation", Spelling.OneOf(words)), "operation") is not { } text)
        {
            return RuleOperations.None;
        }

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
            Spelling.DidYouMeanOrOneOf(text.Value, words));
        return RuleOperations.None;
    }

    private void CheckVerdict(MapReader reader, RuleOperations operation, CaseVerdict expected)
    {
        var possible = operation switch
        {
            _ when (operation & ~OperationUseCheck.Killable) == RuleOperations.None => true,
            RuleOperations.ProcessExit => expected is CaseVerdict.Allow or CaseVerdict.Audit,
            _ => expected != CaseVerdict.Kill,
        };
        if (!possible && reader.Optional("expect") is { } node)
        {
            context.Report(
                DiagnosticCatalog.ImpossibleVerdict,
                node,
                operation == RuleOperations.ProcessExit ? "The end of a process cannot be refused." : $"{RuleComparison.Operations(operation)} cannot be killed.",
                operation == RuleOperations.ProcessExit ? "write one of: allow, audit" : "write one of: allow, deny, audit");
        }
    }

    private void CheckRule(YamlScalar? rule)
    {
        var rules = policies.SelectMany(static p => p.Rules).Select(static r => r.Name).ToList();
        if (rule is not null && !rules.Contains(rule.Value, StringComparer.Ordinal))
        {
            context.Report(
                DiagnosticCatalog.UnknownRule,
                rule,
                $"There is no rule \"{Excerpt.Of(rule.Value)}\" in the policy.",
                Spelling.DidYouMean(rule.Value, rules));
        }
    }
}
