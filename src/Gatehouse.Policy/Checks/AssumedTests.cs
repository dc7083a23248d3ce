using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Tests that are assumed to be true, or false, together, as long as they do not contradict each other.</summary>
internal sealed class AssumedTests
{
    private readonly ImmutableDictionary<string, FieldAssumption> _fields;
    private readonly ImmutableHashSet<Condition> _held;
    private readonly ImmutableHashSet<Condition> _excluded;

    private AssumedTests(
        ImmutableDictionary<string, FieldAssumption> fields,
        ImmutableHashSet<Condition> held,
        ImmutableHashSet<Condition> excluded)
    {
        _fields = fields;
        _held = held;
        _excluded = excluded;
    }

    public static AssumedTests None { get; } = new(
        ImmutableDictionary.Create<string, FieldAssumption>(StringComparer.Ordinal),
        ImmutableHashSet.Create<Condition>(ConditionComparer.Instance),
        ImmutableHashSet.Create<Condition>(ConditionComparer.Instance));

    /// <summary>One more, or null if that contradicts the others.</summary>
    public AssumedTests? With(Condition condition, bool negated, ref int budget)
    {
        if (condition is TestCondition test && FieldAssumption.Of(test.Field, test.Test) is { } start)
        {
            var before = _fields.GetValueOrDefault(test.Field.Name, start);
            return before.With(test.Test, negated, ref budget) is { } after
                ? new AssumedTests(_fields.SetItem(test.Field.Name, after), _held, _excluded)
                : null;
        }

        // Of the rest (flags, capabilities, patterns of arguments, ancestors) only a test and its very opposite contradict
        // each other.
        if ((negated ? _held : _excluded).Contains(condition))
        {
            return null;
        }

        return negated
            ? new AssumedTests(_fields, _held, _excluded.Add(condition))
            : new AssumedTests(_fields, _held.Add(condition), _excluded);
    }
}
