namespace Gatehouse.Policy;

/// <summary>
/// Proposes allow rules for what audit rules reported. A proposal, never an answer: whoever was on the machine while the
/// events were recorded is in it too. Pure; the same events give the same text.
/// </summary>
public static class PolicyLearner
{
    /// <summary>Proposes one policy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="events">What was reported.</param>
    public static PolicyProposal Propose(string name, IReadOnlyList<LearnedEvent> events)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(events);
        var facts = events.Select(static e => (Fact: LearnedFacts.Of(e.Operation), e.Rule)).ToList();
        var groups = facts.Where(static f => f.Fact.Problem is null)
            .GroupBy(static f => (f.Fact.Operation, f.Fact.Program, f.Fact.Fixed, f.Fact.ListField))
            .OrderBy(static g => g.Key.Operation, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.Program, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.Fixed, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.ListField, StringComparer.Ordinal)
            .ToList();
        var writer = new ProposalWriter();
        writer.Head(name, events.Count, groups.Count > 0);
        foreach (var group in groups)
        {
            writer.Rule(group.Key.Operation, group.Key.Program, group.Key.Fixed, group.Key.ListField, [.. group]);
        }

        var refused = facts.Where(static f => f.Fact.Problem is not null).ToList();
        writer.Refused([.. refused.Select(static f => f.Fact)]);
        return new PolicyProposal(writer.ToString(), groups.Count, facts.Count - refused.Count, refused.Count);
    }
}
