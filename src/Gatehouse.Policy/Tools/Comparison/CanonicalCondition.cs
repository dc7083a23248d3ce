using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>
/// A condition as text again, with named sets written out: equal texts mean the same, however the files spell it (white
/// space, names of sets, the order of a list or of the operands of <c>&amp;&amp;</c> and <c>||</c>).
/// </summary>
internal static class CanonicalCondition
{
    private const string Or = " || ";

    public static string Of(Condition condition) => Write(condition, static values => List(values.Items));

    /// <summary>
    /// The text with a place holder for each list of values, and the lists: what differs between two conditions of the
    /// same shape is values only, and then these are what a reader wants to see.
    /// </summary>
    public static (string Shape, IReadOnlyList<ValueSet> Lists) ShapeOf(Condition condition)
    {
        // In the order of a text that does not depend on the values, so that lists of the same shape stand at the same place.
        var lists = new List<ValueSet>();
        var shape = Write(condition, static _ => "[…]", lists.Add);
        return (shape, lists);
    }

    private static string Write(Condition condition, Func<ValueSet, string> list, Action<ValueSet>? seen = null) => condition switch
    {
        ConstantCondition constant => constant.Value ? "true" : "false",
        TestCondition test => Test(test.Field.Name, test.Test, list, seen),
        AncestorCondition ancestor => $"ancestor({Write(ancestor.Operand, list, seen)})",
        NotCondition { Operand: TestCondition { Test: FlagTest } flag } => "!" + flag.Field.Name,
        NotCondition not => $"!({Write(not.Operand, list, seen)})",
        AndCondition and => Join(and.Operands, " && ", list, seen),
        OrCondition or => Join(or.Operands, Or, list, seen),
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    private static string Join(
        IReadOnlyList<Condition> operands, string with, Func<ValueSet, string> list, Action<ValueSet>? seen)
    {
        var parts = new List<(string Text, List<ValueSet> Lists)>();
        foreach (var operand in operands)
        {
            var lists = new List<ValueSet>();
            var text = Write(operand, list, lists.Add);
            parts.Add((operand is OrCondition or AndCondition ? $"({text})" : text, lists));
        }

        var sorted = parts.OrderBy(static p => p.Text, StringComparer.Ordinal).ToList();
        foreach (var values in sorted.SelectMany(static p => p.Lists))
        {
            seen?.Invoke(values);
        }

        return string.Join(with, sorted.Select(static p => p.Text));
    }

    private static string Test(string subject, FieldTest test, Func<ValueSet, string> list, Action<ValueSet>? seen)
    {
        switch (test)
        {
            case ValueTest value:
                seen?.Invoke(value.Values);
                return $"{subject} in {list(value.Values)}";
            case PatternTest pattern:
                return $"{subject}.{Word(pattern.Kind)}({QuotedText.Of(pattern.Text)})";
            case NumberTest number:
                return string.Join(Or, number.Ranges.Select(r => Range(subject, r))) is var text && number.Ranges.Length > 1
                    ? $"({text})"
                    : text;
            case FlagTest:
                return subject;
            case ContainsTest contains:
                return $"{QuotedText.Of(contains.Word)} in {subject}";
            case ElementTest element:
                return $"{subject}.exists(x, {Test("x", element.Element, list, seen)})";
            default:
                throw new InvalidOperationException($"Unexpected test {test.GetType().Name}.");
        }
    }

    private static string Range(string subject, NumberRange range) => range switch
    {
        _ when range.First == range.Last => string.Create(CultureInfo.InvariantCulture, $"{subject} == {range.First}"),
        { Last: ulong.MaxValue } => string.Create(CultureInfo.InvariantCulture, $"{subject} >= {range.First}"),
        { First: 0 } => string.Create(CultureInfo.InvariantCulture, $"{subject} <= {range.Last}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"({subject} >= {range.First} && {subject} <= {range.Last})"),
    };

    private static string Word(PatternKind kind) => kind switch
    {
        PatternKind.Prefix => "startsWith",
        PatternKind.Suffix => "endsWith",
        _ => "matches",
    };

    private static string List(IReadOnlyList<string> items) => "[" + string.Join(", ", items.Select(QuotedText.Of)) + "]";
}
