using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>What a condition asks of one field.</summary>
internal abstract record FieldTest;

/// <summary>One of these values: paths, files, hashes (lower-case hex), words, or texts inside <see cref="ElementTest"/>.</summary>
internal sealed record ValueTest(ValueSet Values) : FieldTest;

/// <summary>A pattern that a path or text fits.</summary>
internal sealed record PatternTest(PatternKind Kind, string Text) : FieldTest;

/// <summary>A number in one of these ranges: sorted, disjoint, both ends included.</summary>
internal sealed record NumberTest(ImmutableArray<NumberRange> Ranges) : FieldTest
{
    public bool Equals(NumberTest? other) => other is not null && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan());

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var range in Ranges)
        {
            hash.Add(range);
        }

        return hash.ToHashCode();
    }
}

/// <summary>The flag is set.</summary>
internal sealed record FlagTest : FieldTest;

/// <summary>The word is among those of a <see cref="FieldType.Words"/> field.</summary>
internal sealed record ContainsTest(string Word) : FieldTest;

/// <summary>Some element of a <see cref="FieldType.Texts"/> field passes: a <see cref="ValueTest"/> or a pattern.</summary>
internal sealed record ElementTest(FieldTest Element) : FieldTest;

/// <summary>Both ends included.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NumberRange(ulong First, ulong Last);

/// <summary>How a pattern is compared.</summary>
internal enum PatternKind
{
    /// <summary>The text begins with it.</summary>
    Prefix,

    /// <summary>The text ends with it.</summary>
    Suffix,

    /// <summary>
    /// <c>?</c> is one character and <c>*</c> any number of them, none of them a slash; <c>**</c> is any number of any;
    /// <c>\</c> takes the next character as it is.
    /// </summary>
    Glob,
}
