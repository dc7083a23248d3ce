using System.Collections;
using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>Translates calls: patterns, <c>Contains</c>, <c>Equals</c>, <c>Any</c>, <c>All</c> and our own functions.</summary>
internal sealed class CallTranslator(RuleScope scope, Func<Expression, Condition?> translate)
{
    private readonly ComparisonTranslator _comparisons = new(scope, translate);
    private readonly QuantifierTranslator _quantifiers = new(scope, translate);

    public Condition? Translate(MethodCallExpression call)
    {
        var owner = call.Method.DeclaringType;
        if (owner == typeof(Glob))
        {
            return Pattern(call, PatternKind.Glob, call.Arguments[0], call.Arguments[1]);
        }

        if (owner == typeof(Ancestor))
        {
            return _quantifiers.Ancestor(call);
        }

        return (call.Method.Name, call.Object, call.Arguments.Count) switch
        {
            ("StartsWith" or "EndsWith", { } text, 1 or 2) when owner == typeof(string) => Affix(call, text),
            ("Equals", { } left, 1) => _comparisons.Equal(call, left, call.Arguments[0]),
            ("Equals", { } left, 2) when owner == typeof(string) => Ordinal(call, call.Arguments[1])
                ? _comparisons.Equal(call, left, call.Arguments[0])
                : null,
            ("Equals", null, 2) => _comparisons.Equal(call, call.Arguments[0], call.Arguments[1]),
            ("Equals", null, 3) when owner == typeof(string) => Ordinal(call, call.Arguments[2])
                ? _comparisons.Equal(call, call.Arguments[0], call.Arguments[1])
                : null,
            ("Contains", { } collection, 1) when owner != typeof(string) => Contains(call, collection, call.Arguments[0]),
            ("Contains", null, 2) => Contains(call, call.Arguments[0], call.Arguments[1]),
            ("Contains", null, 3) => Comparer(call, call.Arguments[2]) ? Contains(call, call.Arguments[0], call.Arguments[1]) : null,
            ("Any" or "Exists", _, _) => _quantifiers.Some(call),
            ("All" or "TrueForAll", _, _) => _quantifiers.Every(call),
            _ => Unsupported.Report(scope, call),
        };
    }

    private Condition? Affix(MethodCallExpression call, Expression text)
    {
        if (call.Arguments.Count == 2 && !Ordinal(call, call.Arguments[1]))
        {
            return null;
        }

        var kind = call.Method.Name is "StartsWith" ? PatternKind.Prefix : PatternKind.Suffix;
        return Pattern(call, kind, text, call.Arguments[0]);
    }

    private Condition? Pattern(MethodCallExpression call, PatternKind kind, Expression text, Expression pattern)
    {
        if (scope.SubjectOf(text) is not { } subject)
        {
            return Unsupported.Report(scope, CapturedValue.DependsOnOperation(text) ? text : call);
        }

        if (!subject.HasPatterns)
        {
            return scope.Report(
                ProblemCodes.Unsupported,
                call,
                $"`{subject.Field.Name}` says what a file is, not how it is called; patterns fit paths and arguments.",
                "use == or Contains, or the path");
        }

        return scope.TryEvaluate(pattern, out var value) && ValueTranslator.Text(scope, subject, call, pattern, value) is { } shape
            ? subject.Test(new PatternTest(kind, shape), scope.Span)
            : null;
    }

    private Condition? Contains(MethodCallExpression call, Expression collection, Expression item)
    {
        collection = Conversions.Strip(Conversions.WithoutSpan(collection));
        switch (scope.SubjectOf(collection))
        {
            case { Field.Type: FieldType.Words } words:
                return scope.TryEvaluate(item, out var word) && ValueTranslator.Text(scope, words, call, item, word) is { } known
                    ? words.Test(new ContainsTest(known), scope.Span)
                    : null;
            case { IsElement: false, Field.Type: FieldType.Texts } texts:
                return scope.TryEvaluate(item, out var text)
                    ? ValueTranslator.In(scope, texts with { IsElement = true }, call, item, [text])
                    : null;
        }

        if (scope.SubjectOf(item) is not { } subject || !(subject.IsText || subject.Field.Type is FieldType.Number or FieldType.Word))
        {
            return Unsupported.Report(scope, CapturedValue.DependsOnOperation(collection) ? call : item);
        }

        if (!scope.TryEvaluate(collection, out var value))
        {
            return null;
        }

        if (value is not IEnumerable list)
        {
            return scope.Report(ProblemCodes.WrongValue, collection, value is null ? "The list is null." : "This is not a list.");
        }

        List<object?> values = [.. list];
        return IsExact(call, value, values) ? ValueTranslator.In(scope, subject, call, collection, values, value as PolicySet) : null;
    }

    /// <summary>
    /// Whether the collection compares texts as the language does. One that ignores case, say, would accept the same text
    /// in other letters.
    /// </summary>
    private bool IsExact(MethodCallExpression call, object collection, List<object?> values)
    {
        if (collection is not ICollection<string> texts
            || values.OfType<string>().Select(OtherCase).All(t => texts.Contains(t) == values.Contains(t)))
        {
            return true;
        }

        scope.Report(
            ProblemCodes.NotOrdinal, call, "This collection has a comparer that ignores differences, and the kernel's comparison does not.",
            "use a collection with StringComparer.Ordinal");
        return false;
    }

    private bool Ordinal(MethodCallExpression call, Expression comparison)
    {
        if (!scope.TryEvaluate(comparison, out var value))
        {
            return false;
        }

        if (value is StringComparison.Ordinal)
        {
            return true;
        }

        scope.Report(
            ProblemCodes.NotOrdinal,
            call,
            $"Paths and arguments are compared byte by byte, not by {CSharpText.Of(comparison)}.",
            "use StringComparison.Ordinal");
        return false;
    }

    private bool Comparer(MethodCallExpression call, Expression comparer)
    {
        if (!scope.TryEvaluate(comparer, out var value))
        {
            return false;
        }

        if (value is null || ReferenceEquals(value, StringComparer.Ordinal))
        {
            return true;
        }

        scope.Report(ProblemCodes.NotOrdinal, call, "Values are compared exactly, without a comparer.", "use StringComparer.Ordinal");
        return false;
    }

    private static string OtherCase(string text) =>
        string.Concat(text.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)));
}
