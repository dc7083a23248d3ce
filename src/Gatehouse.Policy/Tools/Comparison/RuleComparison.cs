using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>How two rules of the same name differ.</summary>
internal static class RuleComparison
{
    public static IEnumerable<PolicyChange> Compare(string policy, PolicyRule before, PolicyRule after)
    {
        foreach (var (key, from, to) in Keys(before).Zip(Keys(after), static (a, b) => (a.Key, a.Value, b.Value)))
        {
            if (string.Equals(from, to, StringComparison.Ordinal))
            {
                continue;
            }

            var change = new PolicyChange(PolicyChangeKind.RuleKey, policy, after.Name, key, from, to);
            yield return string.Equals(key, "when", StringComparison.Ordinal) ? WithValues(change, before, after) : change;
        }
    }

    /// <summary>What the rule does, in one line.</summary>
    public static string Text(PolicyRule rule) =>
        $"{PolicyWords.Of(rule.Action)} {Operations(rule.On)} when {CanonicalCondition.Of(rule.When)}"
        + (rule.Mode == RuleMode.Audit ? " (mode audit)" : "");

    public static string Operations(RuleOperations operations) => string.Join(
        ", ", PolicyWords.Operations.Where(o => (operations & o.Value) != RuleOperations.None).Select(static o => o.Word));

    private static PolicyChange WithValues(PolicyChange change, PolicyRule before, PolicyRule after)
    {
        var (shapeBefore, listsBefore) = CanonicalCondition.ShapeOf(before.When);
        var (shapeAfter, listsAfter) = CanonicalCondition.ShapeOf(after.When);
        if (!string.Equals(shapeBefore, shapeAfter, StringComparison.Ordinal))
        {
            return change;
        }

        var pairs = listsBefore.Zip(listsAfter).ToList();
        return change with
        {
            ValuesAdded = Only(pairs.Select(static p => (p.Second, p.First))),
            ValuesRemoved = Only(pairs.Select(static p => (p.First, p.Second))),
        };
    }

    private static ImmutableArray<string> Only(IEnumerable<(ValueSet Of, ValueSet Without)> pairs) =>
        [.. pairs.SelectMany(static p => p.Of.Items.Where(v => !p.Without.Contains(v))).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<(string Key, string Value)> Keys(PolicyRule rule) =>
        DocumentKeys.Rule.Where(static k => !IsTheName(k)).Select(k => (k, Value(rule, k)));

    /// <summary>Rules are paired by their names.</summary>
    private static bool IsTheName(string key) => string.Equals(key, "name", StringComparison.Ordinal);

    private static string Value(PolicyRule rule, string key) => key switch
    {
        "on" => Operations(rule.On),
        "when" => CanonicalCondition.Of(rule.When),
        "action" => PolicyWords.Of(rule.Action),
        "mode" => PolicyWords.Of(rule.Mode),
        "severity" => PolicyWords.Of(rule.Severity),
        "tags" => string.Join(", ", rule.Tags.Order(StringComparer.Ordinal)),
        "onFull" => PolicyWords.Of(rule.OnFull),
        "onMiss" => PolicyWords.Of(rule.OnMiss),
        "description" => rule.Description,
        _ => throw new ArgumentException($"The comparison knows nothing of the key {key}.", nameof(key)),
    };
}
