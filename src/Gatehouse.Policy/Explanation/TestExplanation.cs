namespace Gatehouse.Policy;

/// <summary>One test of an ancestor, an argument or the name of an environment variable.</summary>
/// <param name="Of">"ancestor", "argument" or "environment".</param>
/// <param name="Text">What it tests, in its one spelling.</param>
public sealed record TestExplanation(string Of, string Text);
