namespace Gatehouse.Policy;

/// <summary>All path tests of a condition look at the same name.</summary>
internal sealed record NameAssumption(ValueSet? Values, string Prefix, string Suffix) : FieldAssumption
{
    public static NameAssumption Any { get; } = new(null, "", "");

    public override FieldAssumption? With(FieldTest test, bool negated, ref int budget)
    {
        // Not being called something is refused elsewhere, and excludes one name of endlessly many.
        if (negated)
        {
            return this;
        }

        var next = test switch
        {
            ValueTest values when Values is null => this with { Values = values.Values },
            ValueTest values => this with { Values = ValueSets.Common(Values, values.Values, ref budget) },
            PatternTest { Kind: PatternKind.Prefix } prefix => WithPrefix(prefix.Text),
            PatternTest { Kind: PatternKind.Suffix } suffix => WithSuffix(suffix.Text),
            _ => this,
        };
        return next?.Remaining(ref budget);
    }

    private NameAssumption? WithPrefix(string text)
    {
        var (shorter, longer) = text.Length < Prefix.Length ? (text, Prefix) : (Prefix, text);
        return longer.StartsWith(shorter, StringComparison.Ordinal) ? this with { Prefix = longer } : null;
    }

    private NameAssumption? WithSuffix(string text)
    {
        var (shorter, longer) = text.Length < Suffix.Length ? (text, Suffix) : (Suffix, text);
        return longer.EndsWith(shorter, StringComparison.Ordinal) ? this with { Suffix = longer } : null;
    }

    private NameAssumption? Remaining(ref int budget)
    {
        if (Values is null)
        {
            return this;
        }

        budget -= Values.Count;
        return budget < 0 || Values.Items.Any(v =>
            v.StartsWith(Prefix, StringComparison.Ordinal) && v.EndsWith(Suffix, StringComparison.Ordinal))
            ? this
            : null;
    }
}
