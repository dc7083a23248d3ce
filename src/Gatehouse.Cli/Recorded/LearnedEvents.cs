using Gatehouse.Policy;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Cli.Recorded;

/// <summary>Picks the events in which a rule reported without deciding.</summary>
internal sealed class LearnedEvents(IReadOnlyList<string> classes)
{
    private readonly List<LearnedEvent> _events = [];

    public IReadOnlyList<LearnedEvent> Events => _events;

    public void Add(StreamRecord record)
    {
        if (record is not DecisionRecord { Reason: not "canary" } decision
            || (classes.Count > 0 && !classes.Contains(decision.Class, StringComparer.Ordinal))
            || RuleOf(decision) is not { } rule
            || EventFacts.Of(decision) is not { } recorded)
        {
            return;
        }

        _events.Add(new LearnedEvent(recorded, rule.Name));
    }

    /// <returns>Null if no rule reported; its name is null if the generation was not known to the agent.</returns>
    private static (string? Name, int Index)? RuleOf(DecisionRecord decision)
    {
        if (decision is { Mode: EventMode.Audit, RuleIndex: { } index })
        {
            return (Name(decision.Policy, decision.Rule), index);
        }

        return decision.Audited is { } audited ? (Name(audited.Policy, audited.Rule), audited.RuleIndex) : null;
    }

    private static string? Name(string? policy, string? rule) => rule is null ? null : $"{policy}/{rule}";
}
