using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>What a comparison is about: a field, or one element of a list of texts.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Subject(PolicyField Field, bool IsElement)
{
    public bool IsText => IsElement || Field.Type is FieldType.Path or FieldType.File or FieldType.Sha256;

    /// <summary>Whether it can be compared with prefixes, suffixes and globs.</summary>
    public bool HasPatterns => IsElement || Field.Type == FieldType.Path;

    public Condition Test(FieldTest test, SourceSpan span) =>
        new TestCondition(Field, IsElement ? new ElementTest(test) : test, span);
}
