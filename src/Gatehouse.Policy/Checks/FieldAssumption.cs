namespace Gatehouse.Policy;

/// <summary>What is assumed of a field that has one value at a time.</summary>
internal abstract record FieldAssumption
{
    /// <summary>Nothing yet; null for fields of which several values can hold at once.</summary>
    public static FieldAssumption? Of(PolicyField field) => field.Type switch
    {
        FieldType.Path => NameAssumption.Any,
        FieldType.Sha256 => HashAssumption.Any,
        FieldType.Word => new WordAssumption([.. field.Words.Select(w => w.Word)], Other: field.Numbers is not null),
        FieldType.Number => new NumberAssumption([new NumberRange(0, NumberValueCheck.MostOf(field.Numbers!.Value))]),
        _ => null,
    };

    /// <summary>With one more test, or null if no value passes all of them.</summary>
    public abstract FieldAssumption? With(FieldTest test, bool negated, ref int budget);
}
