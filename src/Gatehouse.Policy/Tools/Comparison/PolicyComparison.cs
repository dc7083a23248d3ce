using System.Collections.Immutable;
using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>
/// Tells how two versions of policies differ in meaning: comments, white space, names of sets, the order of lists and keys,
/// and defaults that are written out make no difference. Pure; safe for use by several threads.
/// </summary>
public static class PolicyComparison
{
    /// <summary>Compares the policies of the same names.</summary>
    /// <param name="before">The earlier versions.</param>
    /// <param name="after">The later versions.</param>
    /// <returns>The differences, by policy and then by rule in the later order; empty if there are none.</returns>
    public static IReadOnlyList<PolicyChange> Compare(
        IReadOnlyList<PolicyDocument> before, IReadOnlyList<PolicyDocument> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var changes = new List<PolicyChange>();
        foreach (var (earlier, later) in Pair(before, after))
        {
            switch (earlier, later)
            {
                case (null, { } added):
                    changes.Add(new PolicyChange(PolicyChangeKind.PolicyAdded, added.Name, null, null, null, Rules(added)));
                    break;
                case ({ } removed, null):
                    changes.Add(new PolicyChange(PolicyChangeKind.PolicyRemoved, removed.Name, null, null, Rules(removed), null));
                    break;
                case ({ } from, { } to):
                    changes.AddRange(Compare(from, to));
                    break;
            }
        }

        return changes;
    }

    // Two single files are two versions of one policy, whatever their names are.
    private static IEnumerable<(PolicyDocument? Before, PolicyDocument? After)> Pair(
        IReadOnlyList<PolicyDocument> before, IReadOnlyList<PolicyDocument> after)
    {
        if (before.Count == 1 && after.Count == 1)
        {
            return [(before[0], after[0])];
        }

        return before.Concat(after).Select(static d => d.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => (Find(before, name), Find(after, name)));
    }

    private static PolicyDocument? Find(IReadOnlyList<PolicyDocument> documents, string name) =>
        documents.FirstOrDefault(d => string.Equals(d.Name, name, StringComparison.Ordinal));

    private static string Rules(PolicyDocument document) =>
        string.Create(CultureInfo.InvariantCulture, $"{document.Rules.Length} rules");

    private static IEnumerable<PolicyChange> Compare(PolicyDocument before, PolicyDocument after)
    {
        foreach (var (key, from, to) in Keys(before).Zip(Keys(after), static (a, b) => (a.Key, a.Value, b.Value)))
        {
            if (!string.Equals(from, to, StringComparison.Ordinal))
            {
                yield return new PolicyChange(PolicyChangeKind.PolicyKey, after.Name, null, key, from, to);
            }
        }

        var earlier = before.Rules.ToDictionary(static r => r.Name, StringComparer.Ordinal);
        var later = after.Rules.Select(static r => r.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var rule in before.Rules.Where(r => !later.Contains(r.Name)))
        {
            yield return new PolicyChange(PolicyChangeKind.RuleRemoved, after.Name, rule.Name, null, RuleComparison.Text(rule), null);
        }

        foreach (var rule in after.Rules)
        {
            if (!earlier.TryGetValue(rule.Name, out var old))
            {
                yield return new PolicyChange(PolicyChangeKind.RuleAdded, after.Name, rule.Name, null, null, RuleComparison.Text(rule));
                continue;
            }

            foreach (var change in RuleComparison.Compare(after.Name, old, rule))
            {
                yield return change;
            }
        }

        foreach (var (rule, from, to) in RuleOrder.Moves(Names(before), Names(after)))
        {
            yield return new PolicyChange(PolicyChangeKind.RuleMoved, after.Name, rule, null, from, to);
        }
    }

    private static ImmutableArray<string> Names(PolicyDocument document) => [.. document.Rules.Select(static r => r.Name)];

    private static IEnumerable<(string Key, string Value)> Keys(PolicyDocument document) =>
    [
        ("name", document.Name),
        ("client", document.Client),
        ("altitude", document.Altitude.ToString(CultureInfo.InvariantCulture)),
        ("description", document.Description),
    ];
}
