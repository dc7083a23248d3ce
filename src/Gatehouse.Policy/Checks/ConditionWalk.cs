namespace Gatehouse.Policy;

/// <summary>The tests of a condition, in the order of the text.</summary>
internal static class ConditionWalk
{
    public static IReadOnlyList<FoundTest> Tests(Condition condition)
    {
        var found = new List<FoundTest>();
        Visit(condition, negated: false, inside: false, negatedInside: false, found);
        return found;
    }

    private static void Visit(Condition condition, bool negated, bool inside, bool negatedInside, List<FoundTest> found)
    {
        switch (condition)
        {
            case TestCondition test:
                found.Add(new FoundTest(test, negated, inside, negatedInside));
                break;
            case NotCondition not:
                Visit(not.Operand, !negated, inside, inside && !negatedInside, found);
                break;
            case AncestorCondition ancestor:
                Visit(ancestor.Operand, negated, inside: true, negatedInside: false, found);
                break;
            case AndCondition and:
                foreach (var operand in and.Operands)
                {
                    Visit(operand, negated, inside, negatedInside, found);
                }

                break;
            case OrCondition or:
                foreach (var operand in or.Operands)
                {
                    Visit(operand, negated, inside, negatedInside, found);
                }

                break;
            default:
                break;
        }
    }
}
