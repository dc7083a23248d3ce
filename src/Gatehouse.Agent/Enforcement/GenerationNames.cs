namespace Gatehouse.Agent.Enforcement;

/// <summary>Remembers what the rules of the last generations were called, so that late events still name them.</summary>
/// <remarks>Thread-safe. A generation that an earlier agent loaded is not known: its events carry the rule's index only.</remarks>
internal sealed class GenerationNames
{
    /// <summary>An event is older than so many reloads only if its reader was stopped for all of them.</summary>
    public const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, IReadOnlyList<RuleName>> _generations = [];

    public void Remember(ulong generation, IReadOnlyList<RuleName> rules)
    {
        lock (_lock)
        {
            _generations[generation] = rules;
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
            return _generations.TryGetValue(generation, out var rules) && rule >= 0 && rule < rules.Count ? rules[rule] : null;
        }
    }
}

/// <summary>What a rule is called.</summary>
internal sealed record RuleName(string Client, string Policy, string Rule, string Severity, IReadOnlyList<string> Tags);
