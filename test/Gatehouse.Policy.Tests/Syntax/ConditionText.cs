namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>A short spelling of conditions, for comparing what was read.</summary>
internal static class ConditionText
{
    public static string Of(Condition condition) => condition switch
    {
        ConstantCondition constant => constant.Value ? "true" : "false",
        TestCondition test => $"{test.Field} {Of(test.Test)}",
        AncestorCondition ancestor => $"ancestor({Of(ancestor.Operand)})",
        NotCondition not => "!" + Of(not.Operand),
        AndCondition and => $"({string.Join(" & ", and.Operands.Select(Of))})",
        OrCondition or => $"({string.Join(" | ", or.Operands.Select(Of))})",
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    private static string Of(FieldTest test) => test switch
    {
        ValueTest values => $"{{{string.Join(' ', values.Values.Items)}}}",
        PatternTest pattern => $"{pattern.Kind} {pattern.Text}",
        NumberTest number => string.Join(' ', number.Ranges.Select(r => $"{r.First}-{r.Last}")),
        FlagTest => "set",
        ContainsTest contains => $"has {contains.Word}",
        ElementTest element => $"some {Of(element.Element)}",
        _ => throw new InvalidOperationException($"Unexpected test {test.GetType().Name}."),
    };
}
