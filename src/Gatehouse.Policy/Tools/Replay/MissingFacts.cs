namespace Gatehouse.Policy;

/// <summary>The fields that a condition tests.</summary>
internal static class MissingFacts
{
    /// <summary>Those that the recorded operation lacks.</summary>
    public static IEnumerable<string> Of(Condition condition, RecordedOperation recorded) =>
        Names(condition).Where(recorded.Missing.Contains).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Names(Condition condition) => condition switch
    {
        TestCondition test => [test.Field.Name],
        AncestorCondition => [RecordedOperation.Ancestors],
        NotCondition not => Names(not.Operand),
        AndCondition and => and.Operands.SelectMany(Names),
        OrCondition or => or.Operands.SelectMany(Names),
        _ => [],
    };
}
