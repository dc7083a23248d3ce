using System.Collections.Immutable;
using System.Globalization;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>
/// A condition that a generator made: written as text for the parser, and turned into the compiler's model for tests that do
/// not want the parser. Uses the public part of the compiler only, so that other test projects can take the files over.
/// </summary>
internal abstract record RandomCondition
{
    public abstract string ToText();

    protected static string Quoted(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    protected static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}

internal sealed record RandomConstant(bool Value) : RandomCondition
{
    public override string ToText() => Value ? "true" : "false";
}

internal sealed record RandomNot(RandomCondition Operand) : RandomCondition
{
    public override string ToText() => $"!({Operand.ToText()})";
}

internal sealed record RandomAnd(ImmutableArray<RandomCondition> Operands) : RandomCondition
{
    public override string ToText() => "(" + string.Join(" && ", Operands.Select(o => o.ToText())) + ")";
}

internal sealed record RandomOr(ImmutableArray<RandomCondition> Operands) : RandomCondition
{
    public override string ToText() => "(" + string.Join(" || ", Operands.Select(o => o.ToText())) + ")";
}

internal sealed record RandomAncestor(RandomCondition Operand) : RandomCondition
{
    public override string ToText() => $"ancestor({Operand.ToText()})";
}

/// <summary>One of several texts: paths, files, hashes, words.</summary>
internal sealed record RandomMembership(PolicyField Field, ImmutableArray<string> Values) : RandomCondition
{
    public override string ToText() => Values.Length == 1
        ? $"{Field.Name} == {Quoted(Values[0])}"
        : $"{Field.Name} in [{string.Join(", ", Values.Select(Quoted))}]";
}

/// <summary><c>startsWith</c>, <c>endsWith</c> or <c>matches</c>.</summary>
internal sealed record RandomPattern(PolicyField Field, string Function, string Pattern) : RandomCondition
{
    public override string ToText() => $"{Field.Name}.{Function}({Quoted(Pattern)})";
}

/// <summary><c>==</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</summary>
internal sealed record RandomNumber(PolicyField Field, string Comparison, ulong Value) : RandomCondition
{
    public override string ToText() => $"{Field.Name} {Comparison} {Number(Value)}";
}

internal sealed record RandomFlag(PolicyField Field) : RandomCondition
{
    public override string ToText() => Field.Name;
}

internal sealed record RandomWordIn(PolicyField Field, string Word) : RandomCondition
{
    public override string ToText() => $"{Quoted(Word)} in {Field.Name}";
}

/// <summary>A test of some argument or name of a variable; the function is "in" for whole texts.</summary>
internal sealed record RandomElement(PolicyField Field, string Function, ImmutableArray<string> Texts) : RandomCondition
{
    public override string ToText() => Function is not "in"
        ? $"{Field.Name}.exists(a, a.{Function}({Quoted(Texts[0])}))"
        : Texts.Length == 1
            ? $"{Quoted(Texts[0])} in {Field.Name}"
            : $"{Field.Name}.exists(a, a in [{string.Join(", ", Texts.Select(Quoted))}])";
}
