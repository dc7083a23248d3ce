namespace Gatehouse.Policy;

/// <summary>Whose names, files and hashes a condition tests, and with which hashes; and whether it tests texts.</summary>
internal sealed class TestedFacts
{
    public HashSet<FieldRole> Names { get; } = [];

    public HashSet<FieldRole> Files { get; } = [];

    public Dictionary<FieldRole, HashSet<string>> Hashes { get; } = [];

    /// <summary>Whether the trust of the image is tested.</summary>
    public bool Trust { get; private set; }

    /// <summary>Whether arguments or environment are tested.</summary>
    public bool Texts { get; private set; }

    public static TestedFacts Of(Condition condition)
    {
        var tested = new TestedFacts();
        tested.Visit(condition);
        return tested;
    }

    /// <summary>Does not look into <c>ancestor</c>: these are other programs.</summary>
    private void Visit(Condition condition)
    {
        switch (condition)
        {
            case TestCondition { Field.Type: FieldType.Path } test:
                Names.Add(test.Field.Role);
                break;
            case TestCondition { Field.Type: FieldType.File } test:
                Files.Add(test.Field.Role);
                break;
            case TestCondition { Field: { Type: FieldType.Word, IsMaskClass: true } }:
                Trust = true;
                break;
            case TestCondition { Field: { Type: FieldType.Sha256, IsMaskClass: false }, Test: ValueTest values } test:
                Hashes.TryAdd(test.Field.Role, new HashSet<string>(StringComparer.Ordinal));
                Hashes[test.Field.Role].UnionWith(values.Values.Items);
                break;
            case TestCondition { Field.Type: FieldType.Texts }:
                Texts = true;
                break;
            case NotCondition not:
                Visit(not.Operand);
                break;
            case AndCondition and:
                and.Operands.ToList().ForEach(Visit);
                break;
            case OrCondition or:
                or.Operands.ToList().ForEach(Visit);
                break;
            default:
                break;
        }
    }
}
