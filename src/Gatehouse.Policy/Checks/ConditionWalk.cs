namespace Gatehouse.Policy;

/// <summary>The tests of a condition.</summary>
internal static class ConditionWalk
{
    /// <summary>Each test with whether it stands under an odd number of negations.</summary>
    public static IEnumerable<(MembershipCondition Test, bool Negated)> Tests(Condition condition, bool negated = false) =>
        condition switch
        {
            MembershipCondition test => [(test, negated)],
            NotCondition not => Tests(not.Operand, !negated),
            AndCondition and => and.Operands.SelectMany(o => Tests(o, negated)),
            OrCondition or => or.Operands.SelectMany(o => Tests(o, negated)),
            _ => [],
        };
}
