using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>A rule as it was written in C#, not looked at yet.</summary>
/// <param name="Name">Its name, given or made.</param>
/// <param name="When">The condition.</param>
/// <param name="Options">Everything else.</param>
/// <param name="File">Source file.</param>
/// <param name="Line">Line in it.</param>
internal sealed record RuleDraft(string Name, LambdaExpression When, RuleOptions Options, string File, int Line);
