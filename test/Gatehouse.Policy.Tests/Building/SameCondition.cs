namespace Gatehouse.Policy.Tests.Building;

/// <summary>Whether two conditions are the same but for their places.</summary>
internal sealed class SameCondition : IEqualityComparer<Condition>
{
    public static SameCondition Instance { get; } = new();

    public bool Equals(Condition? x, Condition? y) => (x, y) switch
    {
        (ConstantCondition a, ConstantCondition b) => a.Value == b.Value,
        (TestCondition a, TestCondition b) => ReferenceEquals(a.Field, b.Field) && a.Test.Equals(b.Test),
        (NotCondition a, NotCondition b) => Equals(a.Operand, b.Operand),
        (AncestorCondition a, AncestorCondition b) => Equals(a.Operand, b.Operand),
        (AndCondition a, AndCondition b) => a.Operands.SequenceEqual(b.Operands, this),
        (OrCondition a, OrCondition b) => a.Operands.SequenceEqual(b.Operands, this),
        _ => false,
    };

    public int GetHashCode(Condition obj) => obj.GetType().GetHashCode();
}
