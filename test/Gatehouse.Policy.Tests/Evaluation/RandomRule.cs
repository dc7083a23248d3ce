using System.Collections.Immutable;
using System.Globalization;

namespace Gatehouse.Policy.Tests.Evaluation;

internal sealed record RandomRule(
    string Name, RuleOperations On, RuleAction Action, RuleMode Mode, MissAnswer OnMiss, RandomCondition When)
{
    /// <summary>The rule as an element of <c>rules</c>.</summary>
    public string ToText()
    {
        var on = PolicyWordsOf(On);
        var when = When.ToText().Replace("'", "''", StringComparison.Ordinal);
        return $"  - name: {Name}\n    on: [{string.Join(", ", on)}]\n    action: {PolicyWords.Of(Action)}\n"
            + $"    mode: {PolicyWords.Of(Mode)}\n    onMiss: {PolicyWords.Of(OnMiss)}\n    when: '{when}'\n";
    }

    private static IEnumerable<string> PolicyWordsOf(RuleOperations on) => OperationTable.All
        .Select(PolicyWords.Of)
        .Distinct(StringComparer.Ordinal)
        .Where(word => on.HasFlag(RandomPolicies.Operations[word]));
}

internal sealed record RandomPolicy(string Name, int Altitude, ImmutableArray<RandomRule> Rules)
{
    /// <summary>Whose policy it is; some policies have the same client.</summary>
    public string Client => RandomPool.Clients[Altitude % RandomPool.Clients.Length];

    /// <summary>The whole file.</summary>
    public string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"apiVersion: gatehouse/v1\nmetadata: {{name: {Name}, client: {Client}, altitude: {Altitude}}}\nrules:\n")
        + string.Concat(Rules.Select(r => r.ToText()));
}
