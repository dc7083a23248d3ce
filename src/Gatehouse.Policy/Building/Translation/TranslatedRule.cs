namespace Gatehouse.Policy;

/// <summary>A rule of C# with its condition in the model of the language.</summary>
internal sealed record TranslatedRule(RuleDraft Draft, RuleAction Action, Condition When);
