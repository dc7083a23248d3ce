namespace Gatehouse.Policy;

/// <summary>Where a rule's condition has a pattern.</summary>
internal static class ConditionPlace
{
    public static SourceSpan? Of(PolicyRule rule, Pattern pattern) => Of(rule.When, pattern);

    private static SourceSpan? Of(Condition condition, Pattern pattern) => condition switch
    {
        TestCondition test when Has(test.Test, pattern) => test.Span,
        AncestorCondition ancestor => Of(ancestor.Operand, pattern),
        NotCondition not => Of(not.Operand, pattern),
        AndCondition and => and.Operands.Select(o => Of(o, pattern)).FirstOrDefault(s => s is not null),
        OrCondition or => or.Operands.Select(o => Of(o, pattern)).FirstOrDefault(s => s is not null),
        _ => null,
    };

    private static bool Has(FieldTest test, Pattern pattern) => test switch
    {
        ElementTest element => Has(element.Element, pattern),
        ValueTest values => pattern.Shape == PatternShape.Exact && values.Values.Contains(pattern.Text),
        PatternTest p => string.Equals(p.Text, pattern.Text, StringComparison.Ordinal) && pattern.Shape == p.Kind switch
        {
            PatternKind.Prefix => PatternShape.Prefix,
            PatternKind.Suffix => PatternShape.Suffix,
            _ => PatternShape.Glob,
        },
        _ => false,
    };
}
