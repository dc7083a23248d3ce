using Gatehouse.Sdk.Status;

namespace Gatehouse.Agent.Health;

/// <summary>What can be wrong with the agent; at most one problem a topic.</summary>
internal enum HealthTopic
{
    Canary,
    State,
    Saving,
    Trial,
    Trust,
    Questions,
    Tickets,
    TicketEnd,
    Events,
    Counters,
    Tampering,
    Protections,
    EarlierHolds,
    Clients,
}

/// <summary>How bad a problem is.</summary>
internal enum HealthLevel
{
    Degraded,
    Failing,
}

/// <summary>The problems that stand at this moment. Thread-safe.</summary>
internal sealed class HealthBoard
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<HealthTopic, (HealthLevel Level, string Text)> _problems = [];

    /// <summary>Notes a problem.</summary>
    /// <returns>True if the topic had none before, so that it is logged once and not in every round.</returns>
    public bool Set(HealthTopic topic, HealthLevel level, string text)
    {
        lock (_lock)
        {
            var isNew = !_problems.ContainsKey(topic);
            _problems[topic] = (level, text);
            return isNew;
        }
    }

    /// <returns>True if there was a problem.</returns>
    public bool Clear(HealthTopic topic)
    {
        lock (_lock)
        {
            return _problems.Remove(topic);
        }
    }

    public (AgentHealth Health, IReadOnlyList<string> Problems) Read()
    {
        lock (_lock)
        {
            var health = _problems.Count == 0 ? AgentHealth.Ok
                : _problems.Values.Any(static p => p.Level == HealthLevel.Failing) ? AgentHealth.Failing
                : AgentHealth.Degraded;
            return (health, [.. _problems.Values.Select(static p => p.Text)]);
        }
    }
}
