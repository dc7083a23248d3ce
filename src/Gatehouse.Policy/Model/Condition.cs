using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// A checked condition. Depth is bounded by <see cref="PolicyLimits.MaxConditionDepth"/> (the parser sees to it), so
/// that
/// walks may recurse.
/// </summary>
internal abstract record Condition(SourceSpan Span);

/// <summary><c>true</c> or <c>false</c>, and the condition of a rule without <c>when</c>.</summary>
internal sealed record ConstantCondition(bool Value, SourceSpan Span) : Condition(Span);

/// <summary>A test of one field. <c>!=</c> is a <see cref="NotCondition"/> around it.</summary>
internal sealed record TestCondition(PolicyField Field, FieldTest Test, SourceSpan Span) : Condition(Span);

/// <summary>
/// <c>ancestor(x)</c>: some earlier program of the process, or of a process that it descends from, satisfies x, which
/// tests <c>process.executable</c>, <c>process.file</c> and <c>process.sha256</c> only.
/// </summary>
internal sealed record AncestorCondition(Condition Operand, SourceSpan Span) : Condition(Span);

/// <summary><c>!x</c>, and what <c>!=</c> is read as.</summary>
internal sealed record NotCondition(Condition Operand, SourceSpan Span) : Condition(Span);

/// <summary><c>a &amp;&amp; b &amp;&amp; …</c>, flat, so that long chains are not deep.</summary>
internal sealed record AndCondition(ImmutableArray<Condition> Operands, SourceSpan Span) : Condition(Span);

/// <summary><c>a || b || …</c>, flat.</summary>
internal sealed record OrCondition(ImmutableArray<Condition> Operands, SourceSpan Span) : Condition(Span);
