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

/// <summary><c>field == "x"</c> and <c>field in [...]</c>: one form, because a list of one is the same test.</summary>
internal sealed record MembershipCondition(ConditionField Field, ValueSet Values, SourceSpan Span) : Condition(Span);

/// <summary><c>!x</c>, and what <c>!=</c> is read as.</summary>
internal sealed record NotCondition(Condition Operand, SourceSpan Span) : Condition(Span);

/// <summary><c>a &amp;&amp; b &amp;&amp; …</c>, flat, so that long chains are not deep.</summary>
internal sealed record AndCondition(ImmutableArray<Condition> Operands, SourceSpan Span) : Condition(Span);

/// <summary><c>a || b || …</c>, flat.</summary>
internal sealed record OrCondition(ImmutableArray<Condition> Operands, SourceSpan Span) : Condition(Span);
