namespace Gatehouse.Policy;

/// <summary>A rule and its rows.</summary>
internal sealed record LoweredRule(PolicyRule Rule, IReadOnlyList<Conjunction> Rows);
