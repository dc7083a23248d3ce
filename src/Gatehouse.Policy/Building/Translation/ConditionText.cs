using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>A condition in the text of the language: what the parser reads as the same condition.</summary>
internal sealed class ConditionText
{
    private readonly SetNames _sets;

    private ConditionText(SetNames sets) => _sets = sets;

    public static string Of(Condition condition, SetNames sets) => new ConditionText(sets).Print(condition);

    private string Print(Condition condition) => condition switch
    {
        ConstantCondition constant => constant.Value ? "true" : "false",
        TestCondition test => Test(test.Field.Name, test.Test),
        NotCondition { Operand: TestCondition { Test: ValueTest { Values.Count: 1 } values } test } =>
            $"{test.Field.Name} != {QuotedText.Of(values.Values.Items[0])}",
        NotCondition { Operand: TestCondition { Test: NumberTest { Ranges: [{ } one] } } test } when one.First == one.Last =>
            $"{test.Field.Name} != {Number(one.First)}",
        NotCondition not => $"!({Print(not.Operand)})",
        AncestorCondition ancestor => $"ancestor({Print(ancestor.Operand)})",
        AndCondition and => string.Join(" && ", and.Operands.Select(o => o is OrCondition ? $"({Print(o)})" : Print(o))),
        OrCondition or => string.Join(" || ", or.Operands.Select(Print)),
        _ => throw new ArgumentException($"There is no text for {condition.GetType().Name}.", nameof(condition)),
    };

    private string Test(string field, FieldTest test) => test switch
    {
        FlagTest => field,
        ContainsTest contains => $"{QuotedText.Of(contains.Word)} in {field}",
        ValueTest { Values.Count: 1 } one when !_sets.TryGet(one.Values, out _) => $"{field} == {QuotedText.Of(one.Values.Items[0])}",
        ValueTest some => $"{field} in {List(some.Values)}",
        PatternTest pattern => $"{field}.{Function(pattern.Kind)}({QuotedText.Of(pattern.Text)})",
        NumberTest number => Numbers(field, number),
        ElementTest { Element: ValueTest { Values.Count: 1 } one } => $"{QuotedText.Of(one.Values.Items[0])} in {field}",
        ElementTest element => $"{field}.exists(a, {Test("a", element.Element)})",
        _ => throw new ArgumentException($"There is no text for {test.GetType().Name}.", nameof(test)),
    };

    private string List(ValueSet values) =>
        _sets.TryGet(values, out var name) ? name : $"[{string.Join(", ", values.Items.Select(QuotedText.Of))}]";

    /// <summary>One comparison makes one open range or one number; everything else was a list.</summary>
    private static string Numbers(string field, NumberTest test) => test.Ranges switch
    {
        [{ First: var first, Last: ulong.MaxValue }] => $"{field} >= {Number(first)}",
        [var one] when one.First == one.Last => $"{field} == {Number(one.First)}",
        [{ First: 0, Last: var last }] => $"{field} <= {Number(last)}",
        _ => $"{field} in [{string.Join(", ", test.Ranges.SelectMany(Each).Select(Number))}]",
    };

    private static IEnumerable<ulong> Each(NumberRange range)
    {
        for (var number = range.First; number < range.Last; number++)
        {
            yield return number;
        }

        yield return range.Last;
    }

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Function(PatternKind kind) => kind switch
    {
        PatternKind.Prefix => "startsWith",
        PatternKind.Suffix => "endsWith",
        _ => "matches",
    };
}
