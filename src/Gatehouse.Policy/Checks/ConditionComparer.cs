namespace Gatehouse.Policy;

/// <summary>Whether two conditions are written alike; where they stand in the file does not matter.</summary>
internal sealed class ConditionComparer : IEqualityComparer<Condition>
{
    public static ConditionComparer Instance { get; } = new();

    public bool Equals(Condition? x, Condition? y) => (x, y) switch
    {
        (ConstantCondition a, ConstantCondition b) => a.Value == b.Value,
        (TestCondition a, TestCondition b) => ReferenceEquals(a.Field, b.Field) && a.Test.Equals(b.Test),
        (AncestorCondition a, AncestorCondition b) => Equals(a.Operand, b.Operand),
        (NotCondition a, NotCondition b) => Equals(a.Operand, b.Operand),
        (AndCondition a, AndCondition b) => a.Operands.SequenceEqual(b.Operands, this),
        (OrCondition a, OrCondition b) => a.Operands.SequenceEqual(b.Operands, this),
        _ => x is null && y is null,
    };

    public int GetHashCode(Condition obj)
    {
        var hash = default(HashCode);
        Add(obj, ref hash);
        return hash.ToHashCode();
    }

    private static void Add(Condition condition, ref HashCode hash)
    {
        hash.Add(condition.GetType());
        switch (condition)
        {
            case ConstantCondition constant:
                hash.Add(constant.Value);
                break;
            case TestCondition test:
                hash.Add(test.Field.Name, StringComparer.Ordinal);
                hash.Add(test.Test);
                break;
            case AncestorCondition ancestor:
                Add(ancestor.Operand, ref hash);
                break;
            case NotCondition not:
                Add(not.Operand, ref hash);
                break;
            case AndCondition and:
                foreach (var operand in and.Operands)
                {
                    Add(operand, ref hash);
                }

                break;
            case OrCondition or:
                foreach (var operand in or.Operands)
                {
                    Add(operand, ref hash);
                }

                break;
            default:
                throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}.");
        }
    }
}
