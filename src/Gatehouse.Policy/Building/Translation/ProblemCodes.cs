using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// What can be wrong only in C#. docs/guides/policies-in-csharp.md has one line for each; a test compares the two.
/// </summary>
internal static class ProblemCodes
{
    public static readonly DiagnosticDescriptor Unsupported = Error("GHX001", "The expression has no equivalent in a condition");
    public static readonly DiagnosticDescriptor NotAValue = Error("GHX002", "A field can be compared only with a value that is known beforehand");
    public static readonly DiagnosticDescriptor WrongValue = Error("GHX003", "The field can never have this value");
    public static readonly DiagnosticDescriptor EvaluationFailed = Error("GHX004", "The value cannot be computed");
    public static readonly DiagnosticDescriptor NotOrdinal = Error("GHX005", "Texts are compared character by character only");
    public static readonly DiagnosticDescriptor InnerCondition = Error("GHX006", "The condition inside Any cannot be asked of one element");
    public static readonly DiagnosticDescriptor Action = Error("GHX007", "A rule needs exactly one action");
    public static readonly DiagnosticDescriptor TooDeep = Error("GHX008", "The expression is nested too deeply");
    public static readonly DiagnosticDescriptor AmbiguousSet = Error("GHX009", "Two different sets have the same name");
    public static readonly DiagnosticDescriptor NoRules = Error("GHX010", "The policy has no rule");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        Unsupported, NotAValue, WrongValue, EvaluationFailed, NotOrdinal, InnerCondition, Action, TooDeep, AmbiguousSet, NoRules,
    ];

    private static DiagnosticDescriptor Error(string code, string title) => new(code, DiagnosticSeverity.Error, title);
}
