using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>The decision on one operation.</summary>
/// <param name="Outcome">Whether it goes on.</param>
/// <param name="DecidingRule">Index of the rule that decided (kill before deny before allow, then the first policy), or null if
/// none did.</param>
/// <param name="AuditedRule">
/// Index of the first matching rule that only reports, if it stands before the row that decides in its policy or none
/// does; from the first policy that has one. Null if there is none.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PolicyVerdict(Outcome Outcome, int? DecidingRule, int? AuditedRule);
