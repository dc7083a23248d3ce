namespace Gatehouse.Policy;

/// <summary>What is assumed of the values of a field.</summary>
internal abstract record FieldAssumption
{
    /// <summary>Nothing yet; null for tests of which only the very opposite contradicts each.</summary>
    public static FieldAssumption? Of(PolicyField field, FieldTest test) => field.Type switch
    {
        FieldType.File => ElementsAssumption.Any,
        FieldType.Texts when test is ElementTest { Element: ValueTest } => ElementsAssumption.Any,
        FieldType.Path => NameAssumption.Any,
        FieldType.Sha256 => HashAssumption.Any,
        FieldType.Word => new WordAssumption([.. field.Words.Select(w => w.Word)], field.HasOtherWords),
        FieldType.Number => new NumberAssumption([new NumberRange(0, NumberValueCheck.MostOf(field.Numbers!.Value))]),
        _ => null,
    };

    /// <summary>With one more test, or null if no value passes all of them.</summary>
    public abstract FieldAssumption? With(FieldTest test, bool negated, ref int budget);
}
