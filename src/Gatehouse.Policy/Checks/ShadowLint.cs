namespace Gatehouse.Policy;

/// <summary>
/// Finds rules that can never be the first match, because earlier rules that decide match whenever they do. It follows
/// how conditions are written and compares no rule with every other, so that it finds the usual cases in any number of
/// rules: the same condition again, one more <c>&amp;&amp;</c>, values that earlier rules have named, a rule for everything.
/// </summary>
internal sealed class ShadowLint(DiagnosticBag diagnostics)
{
    /// <summary>Rules kept for one condition or value: enough for rules that differ in their operations.</summary>
    private const int MaxKept = 8;

    private static readonly Condition Always = new ConstantCondition(Value: true, new SourceSpan("", 1, 1, 1, 1));

    private readonly Dictionary<Condition, List<PolicyRule>> _conditions = new(ConditionComparer.Instance);
    private readonly Dictionary<(string Field, string Value), List<PolicyRule>> _values = [];

    /// <summary>Looks at a rule and remembers it for those that follow.</summary>
    public void Next(PolicyRule rule)
    {
        if (Earlier(rule.When, rule) is { } by)
        {
            diagnostics.Add(
                DiagnosticCatalog.Shadowed,
                rule.Span,
                $"The rule \"{rule.Name}\" never takes effect: \"{by.Name}\" in line {by.Span.StartLine} decides first whenever it matches.",
                "move it up, or leave it out");
            return;
        }

        if (rule.Decides)
        {
            Remember(rule.When, rule);
        }
    }

    private void Remember(Condition condition, PolicyRule rule)
    {
        if (condition is OrCondition or)
        {
            foreach (var operand in or.Operands)
            {
                Remember(operand, rule);
            }
        }
        else if (condition is TestCondition { Test: ValueTest values } test)
        {
            foreach (var value in values.Values.Items)
            {
                Add(_values, (test.Field.Name, value), rule);
            }
        }

        Add(_conditions, condition, rule);
    }

    /// <summary>One of the earlier rules that together match whenever the condition holds, or null.</summary>
    private PolicyRule? Earlier(Condition condition, PolicyRule rule)
    {
        if (First(_conditions.GetValueOrDefault(Always), rule) is { } always)
        {
            return always;
        }

        if (First(_conditions.GetValueOrDefault(condition), rule) is { } same)
        {
            return same;
        }

        return condition switch
        {
            AndCondition and => and.Operands.Select(o => Earlier(o, rule)).FirstOrDefault(r => r is not null),
            OrCondition or => All(or.Operands.Select(o => Earlier(o, rule))),
            TestCondition { Test: ValueTest values } test =>
                All(values.Values.Items.Select(v => First(_values.GetValueOrDefault((test.Field.Name, v)), rule))),
            _ => null,
        };
    }

    private static PolicyRule? All(IEnumerable<PolicyRule?> rules)
    {
        PolicyRule? first = null;
        foreach (var rule in rules)
        {
            if (rule is null)
            {
                return null;
            }

            first ??= rule;
        }

        return first;
    }

    /// <summary>The first of the rules that decides each operation that the rule is for.</summary>
    private static PolicyRule? First(List<PolicyRule>? earlier, PolicyRule rule) =>
        earlier?.Find(e => (rule.On & ~e.On) == RuleOperations.None && MatchesUnknown(e, rule) && Concerns(e, rule));

    /// <summary>
    /// Whether the earlier rule matches a file whose hash or trust is not known if the later one does. Allow rules that
    /// test them never do.
    /// </summary>
    private static bool MatchesUnknown(PolicyRule earlier, PolicyRule later) =>
        later.Action == RuleAction.Allow
        || (earlier.Action != RuleAction.Allow && (earlier.OnMiss == MissAnswer.Deny || later.OnMiss == MissAnswer.Allow))
        || !TestsHash(earlier.When);

    /// <summary>A rule that asks leaves BPF programs to later rules.</summary>
    private static bool Concerns(PolicyRule earlier, PolicyRule later) =>
        earlier.Action != RuleAction.Ask || later.Action == RuleAction.Ask || !later.On.HasFlag(RuleOperations.ImageLoad);

    private static bool TestsHash(Condition condition) =>
        ConditionWalk.Tests(condition).Any(t => t.Field.FollowsFromContent && !t.InsideAncestor);

    private static void Add<T>(Dictionary<T, List<PolicyRule>> rules, T key, PolicyRule rule)
        where T : notnull
    {
        if (!rules.TryGetValue(key, out var list))
        {
            rules.Add(key, list = []);
        }

        if (list.Count < MaxKept)
        {
            list.Add(rule);
        }
    }
}
