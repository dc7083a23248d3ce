using System.Collections.Immutable;
using System.Numerics;

namespace Gatehouse.Policy;

/// <summary>From a test of one field to rows: none if nothing passes, one without a test if everything does.</summary>
internal static class FieldRows
{
    public static List<Conjunction> Of(TestCondition condition, bool negated)
    {
        var (field, test) = (condition.Field, condition.Test);
        return field.Type switch
        {
            // Refused with GH3002 before lowering: a name that is not P says nothing about what the file is.
            FieldType.Path when negated => throw new InvalidOperationException("A negated path condition reached lowering."),
            FieldType.Path => Names(field.Role, test),
            FieldType.File => Set(FactKind.File, field, test, negated),
            FieldType.Sha256 => Set(field.IsMaskClass ? FactKind.Verity : FactKind.Hash, field, test, negated),
            FieldType.Number => Ranges(field, ((NumberTest)test).Ranges, negated),
            FieldType.Word when field.Numbers is not null => Ranges(field, RangesOf(field, (ValueTest)test), negated),
            FieldType.Word => Words(field, (ValueTest)test, negated),
            FieldType.Flag => Bit(field, field.Words[0].Value, negated),
            FieldType.Words => Bit(field, ValueOf(field, ((ContainsTest)test).Word), negated),
            FieldType.Texts => Element(field, ((ElementTest)test).Element, negated),
            _ => throw new InvalidOperationException($"Unexpected type {field.Type}."),
        };
    }

    private static List<Conjunction> Names(FieldRole role, FieldTest test) => test switch
    {
        ValueTest { Values.Count: 0 } => [],
        ValueTest values => Name(FactKind.ForwardName, role, values.Values, ValueSet.Empty),
        PatternTest { Kind: PatternKind.Prefix } p => Name(FactKind.ForwardName, role, ValueSet.Empty, ValueSet.Of([p.Text])),
        PatternTest { Kind: PatternKind.Suffix } p => Name(FactKind.BackwardName, role, ValueSet.Empty, ValueSet.Of([p.Text])),
        PatternTest { Kind: PatternKind.Glob } p => Name(FactKind.GlobName, role, ValueSet.Empty, ValueSet.Of([p.Text])),
        _ => throw new InvalidOperationException($"Unexpected test {test.GetType().Name} of a name."),
    };

    private static List<Conjunction> Name(FactKind kind, FieldRole role, ValueSet exact, ValueSet patterns) =>
        [Conjunction.Of(FactKey.Name(kind, role), NameTest.Of(exact, patterns))];

    private static List<Conjunction> Set(FactKind kind, PolicyField field, FieldTest test, bool negated)
    {
        var values = ((ValueTest)test).Values;
        var mayBeUnknown = kind is FactKind.Hash or FactKind.Verity;
        return values.Count == 0 && (!negated || (!mayBeUnknown && !field.IsOfFiles))
            ? negated ? [Conjunction.Everything] : []
            : [Conjunction.Of(
                FactKey.Of(kind, field, bit: kind == FactKind.File && negated ? FactKey.ExcludedFile : 0),
                new SetTest(values, negated, mayBeUnknown))];
    }

    private static List<Conjunction> Ranges(PolicyField field, ImmutableArray<NumberRange> ranges, bool negated)
    {
        ranges = RangeTest.Normalise(ranges);
        ranges = negated ? RangeTest.Complement(ranges) : ranges;
        return ranges.IsEmpty
            ? []
            : RangeTest.IsEverything(ranges) && !field.IsOfFiles
                ? [Conjunction.Everything]
                : [Conjunction.Of(FactKey.Of(FactKind.Number, field), new RangeTest(ranges, field.Numbers!.Value, field.IsOfFiles))];
    }

    /// <summary>So that a value that has no word passes what is negated, and nothing else.</summary>
    private static ImmutableArray<NumberRange> RangesOf(PolicyField field, ValueTest test) =>
        [.. test.Values.Items.Select(word => ValueOf(field, word)).Select(value => new NumberRange(value, value))];

    private static List<Conjunction> Words(PolicyField field, ValueTest test, bool negated)
    {
        // Number 0 is a type of program that has no word; where there is no program at all, no row that tests it is looked at.
        var all = field.Words.Aggregate(field.HasOtherWords ? 1UL : 0UL, (words, w) => words | (1UL << (int)w.Value));
        var named = test.Values.Items.Aggregate(0UL, (words, w) => words | (1UL << (int)ValueOf(field, w)));
        var accepted = negated ? all & ~named : named;
        var kind = field.IsMaskClass ? FactKind.Trust : FactKind.Word;
        return accepted == 0 ? [] : [Conjunction.Of(FactKey.Of(kind, field), new WordTest(accepted))];
    }

    private static List<Conjunction> Bit(PolicyField field, ulong value, bool negated) =>
        [Conjunction.Of(FactKey.Of(FactKind.Bit, field, BitOperations.Log2(value)), new BitTest(!negated, Tested: null, field.IsOfFiles))];

    private static List<Conjunction> Element(PolicyField field, FieldTest element, bool negated)
    {
        if (Names(FieldRole.Operation, element) is not [var tested])
        {
            return negated ? [Conjunction.Everything] : [];
        }

        var kind = field.Index == TextIndex.Arguments ? FactKind.Argument : FactKind.Environment;
        var fact = TestText.Fact(kind, tested, set: !negated);
        return [Conjunction.Of(fact.Key, fact.Test)];
    }

    private static ulong ValueOf(PolicyField field, string word)
    {
        foreach (var (candidate, value) in field.Words)
        {
            if (string.Equals(candidate, word, StringComparison.Ordinal))
            {
                return value;
            }
        }

        throw new InvalidOperationException($"{field.Name} has no word \"{word}\".");
    }
}
