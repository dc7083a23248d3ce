using System.Text;

namespace Gatehouse.Policy;

/// <summary>A policy between C# and the parser.</summary>
internal sealed class TranslatedPolicy
{
    private readonly PolicyBuilder _policy;
    private readonly List<PolicyExpressionProblem> _problems;
    private readonly IReadOnlyList<int> _ruleLines;

    public TranslatedPolicy(
        PolicyBuilder policy, IReadOnlyList<TranslatedRule> rules, SetNames sets, List<PolicyExpressionProblem> problems)
    {
        _policy = policy;
        _problems = problems;
        Rules = rules;
        (Yaml, _ruleLines) = PolicyYaml.Write(policy, rules, sets);
    }

    /// <summary>The rules that could be translated.</summary>
    public IReadOnlyList<TranslatedRule> Rules { get; }

    /// <summary>What is wrong with the others.</summary>
    public IReadOnlyList<PolicyExpressionProblem> Problems => _problems;

    /// <summary>The policy's text, with these rules.</summary>
    public string Yaml { get; }

    /// <summary>Whether there is nothing that the parser could say more of.</summary>
    public bool IsEmpty => Rules.Count == 0 && _policy.Protections.Count == 0;

    public PolicySource ToSource() => new($"{_policy.Name}.yaml", Encoding.UTF8.GetBytes(Yaml));

    /// <summary>The expressions' problems and the parser's errors together, in the order of the rules.</summary>
    public IReadOnlyList<PolicyExpressionProblem> ProblemsWith(IEnumerable<Diagnostic> diagnostics)
    {
        var order = _policy.Rules.Select((r, i) => (r.Name, i)).GroupBy(r => r.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First().i, StringComparer.Ordinal);
        return
        [
            .. _problems.Concat(diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(ToProblem))
                .OrderBy(p => order.GetValueOrDefault(p.Rule, -1)),
        ];
    }

    private PolicyExpressionProblem ToProblem(Diagnostic diagnostic)
    {
        // A place in a set, or in the head, is before the first rule.
        var index = _ruleLines.Count(line => line <= diagnostic.Span.StartLine) - 1;
        var draft = index < 0 ? null : Rules[index].Draft;
        return new PolicyExpressionProblem(
            diagnostic.Code,
            draft?.Name ?? "",
            Excerpt.Of(TextAt(diagnostic.Span)),
            diagnostic.Message,
            diagnostic.Suggestion,
            draft?.File ?? "",
            draft?.Line ?? 0);
    }

    private string TextAt(SourceSpan span)
    {
        var line = Yaml.Split('\n').ElementAtOrDefault(span.StartLine - 1) ?? "";
        var start = Math.Clamp(span.StartColumn - 1, 0, line.Length);
        var end = span.EndLine == span.StartLine ? Math.Clamp(span.EndColumn - 1, start, line.Length) : line.Length;
        return line[start..end];
    }
}
