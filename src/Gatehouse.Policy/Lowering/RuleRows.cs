namespace Gatehouse.Policy;

/// <summary>
/// The rows of one rule: its normal form without the conjunctions that no operation of the rule can reach.
/// </summary>
internal static class RuleRows
{
    public static NormalForm Of(PolicyRule rule, SetAlgebra sets)
    {
        var form = DnfBuilder.Build(rule.When, sets);
        return form with
        {
            Conjunctions = [.. form.Conjunctions.Where(row => OperationMapping.ConcernsAny(rule.On, row.Kinds))],
        };
    }
}
