using System.Collections.Immutable;
using System.Globalization;
using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>From values of C# to those of a field.</summary>
internal static class ValueTranslator
{
    private const int HashDigits = 64;

    /// <summary>The subject is one of the values; none of no values at all.</summary>
    /// <param name="scope">The rule.</param>
    /// <param name="subject">What is compared.</param>
    /// <param name="whole">The comparison, for messages.</param>
    /// <param name="operand">What the values came from; its type tells the enumeration.</param>
    /// <param name="values">The values.</param>
    /// <param name="set">The set that they are, if they have a name.</param>
    public static Condition? In(
        RuleScope scope, Subject subject, Expression whole, Expression operand, IReadOnlyList<object?> values, PolicySet? set = null)
    {
        if (values.Count == 0)
        {
            return new ConstantCondition(Value: false, scope.Span);
        }

        if (subject is { IsElement: false, Field.Type: FieldType.Number })
        {
            var numbers = values.Select(v => Number(scope, whole, v)).ToList();
            return numbers.Contains(null)
                ? null
                : subject.Test(new NumberTest(Ranges(numbers.Select(n => n!.Value))), scope.Span);
        }

        var texts = values.Select(v => Text(scope, subject, whole, operand, v)).ToList();
        if (texts.Contains(null))
        {
            return null;
        }

        if (subject.IsElement)
        {
            return ConditionJoin.Any(
                texts.Distinct(StringComparer.Ordinal).Select(t => subject.Test(new ValueTest(ValueSet.Of([t!])), scope.Span)), scope.Span);
        }

        var chosen = ValueSet.Of(texts!);
        if (set is not null && !scope.Sets.TryAdd(chosen, set))
        {
            return scope.Report(
                ProblemCodes.AmbiguousSet,
                whole,
                $"Another set of the policy has the name \"{Excerpt.Of(set.Name)}\" and other values.",
                "give one of the two another name");
        }

        return subject.Test(new ValueTest(chosen), scope.Span);
    }

    /// <summary>The subject is a number below or above a value.</summary>
    public static Condition? Ordered(RuleScope scope, Subject subject, Expression whole, ExpressionType op, object? value)
    {
        if (Number(scope, whole, value) is not { } bound)
        {
            return null;
        }

        NumberRange? range = op switch
        {
            ExpressionType.LessThan => bound == 0 ? null : new NumberRange(0, bound - 1),
            ExpressionType.LessThanOrEqual => new NumberRange(0, bound),
            ExpressionType.GreaterThan => bound == ulong.MaxValue ? null : new NumberRange(bound + 1, ulong.MaxValue),
            _ => new NumberRange(bound, ulong.MaxValue),
        };
        return range is { } some
            ? subject.Test(new NumberTest([some]), scope.Span)
            : new ConstantCondition(Value: false, scope.Span);
    }

    /// <summary>One text that a value stands for, or null if it was reported.</summary>
    public static string? Text(RuleScope scope, Subject subject, Expression whole, Expression operand, object? value)
    {
        if (value is null)
        {
            scope.Report(
                ProblemCodes.WrongValue, whole, $"A fact is never null, and this compares `{subject.Field.Name}` with null.", "leave it out");
            return null;
        }

        if (!subject.IsElement && subject.Field.Type is FieldType.Word or FieldType.Words)
        {
            return Word(scope, subject.Field, whole, operand, value);
        }

        var text = value as string ?? (value as char?)?.ToString();
        if (text is null)
        {
            scope.Report(
                ProblemCodes.WrongValue, whole, $"`{subject.Field.Name}` is text, and this is a value of type {value.GetType().Name}.");
            return null;
        }

        // The one spelling that the language knows; what is no hash is left for the parser to refuse.
        return subject is { IsElement: false, Field.Type: FieldType.Sha256 } && text.Length == HashDigits ? text.ToLowerInvariant() : text;
    }

    private static string? Word(RuleScope scope, PolicyField field, Expression whole, Expression operand, object value)
    {
        var type = EnumTypes.Of(field);
        var word = value.GetType() == type || value.GetType().IsPrimitive ? EnumWords.WordOf(field, type, value) : null;
        if (word is null)
        {
            scope.Report(
                ProblemCodes.WrongValue,
                whole,
                $"`{field.Name}` has no value {CSharpText.Of(operand)}.",
                $"take one of the members of {type.Name}");
        }

        return word;
    }

    private static ulong? Number(RuleScope scope, Expression whole, object? value)
    {
        if (value is not (byte or sbyte or short or ushort or int or uint or long or ulong))
        {
            scope.Report(
                ProblemCodes.WrongValue, whole, "Facts are compared with whole numbers, and this value is none.", "use a whole number");
            return null;
        }

        if (value is ulong large)
        {
            return large;
        }

        var number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        if (number >= 0)
        {
            return (ulong)number;
        }

        scope.Report(
            ProblemCodes.WrongValue,
            whole,
            string.Create(CultureInfo.InvariantCulture, $"A fact is never negative, and this compares with {number}."),
            "4294967295 is what an unset id reads as");
        return null;
    }

    /// <summary>Sorted and disjoint; neighbours become one range.</summary>
    private static ImmutableArray<NumberRange> Ranges(IEnumerable<ulong> numbers)
    {
        var ranges = ImmutableArray.CreateBuilder<NumberRange>();
        foreach (var number in numbers.Distinct().Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
            {
                ranges[^1] = ranges[^1] with { Last = number };
            }
            else
            {
                ranges.Add(new NumberRange(number, number));
            }
        }

        return ranges.ToImmutable();
    }
}
