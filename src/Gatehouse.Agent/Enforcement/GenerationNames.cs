using System.Collections.Immutable;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Remembers what the rules of the last generations were called, so that late events still name them.</summary>
/// <remarks>Thread-safe. A generation that an earlier agent loaded is not known: its events carry the rule's index only.</remarks>
internal sealed class GenerationNames
{
    /// <summary>An event is older than so many reloads only if its reader was stopped for all of them.</summary>
    public const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (IReadOnlyList<RuleName> Rules, IReadOnlyDictionary<string, int> Slots)> _generations = [];

    /// <param name="generation">Number of the generation.</param>
    /// <param name="rules">Its rules, in order.</param>
    /// <param name="slots">By client that it asks, the slot of its answers.</param>
    public void Remember(ulong generation, IReadOnlyList<RuleName> rules, IReadOnlyDictionary<string, int>? slots = null)
    {
        lock (_lock)
        {
            _generations[generation] = (rules, slots ?? ImmutableDictionary<string, int>.Empty);
            while (_generations.Count > Kept)
            {
                _generations.Remove(_generations.Keys.Min());
            }
        }
    }

    public RuleName? Find(ulong generation, int rule)
    {
        lock (_lock)
        {
            return _generations.TryGetValue(generation, out var known) && rule >= 0 && rule < known.Rules.Count
                ? known.Rules[rule]
                : null;
        }
    }

    /// <summary>The client whose answers stand in a slot, or null if the generation asks none there.</summary>
    public string? ClientOf(ulong generation, int slot)
    {
        lock (_lock)
        {
            return _generations.TryGetValue(generation, out var known)
                ? known.Slots.Where(s => s.Value == slot).Select(static s => s.Key).FirstOrDefault()
                : null;
        }
    }
}

/// <summary>What a rule is called.</summary>
internal sealed record RuleName(string Client, string Policy, string Rule, string Severity, IReadOnlyList<string> Tags)
{
    /// <summary>Whether its client is asked.</summary>
    public bool Asks { get; init; }
}
