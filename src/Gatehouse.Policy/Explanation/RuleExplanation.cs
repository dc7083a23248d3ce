using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What became of one rule.</summary>
/// <param name="Policy">Name of its policy.</param>
/// <param name="Name">Its name.</param>
/// <param name="Action">What a match does.</param>
/// <param name="Mode">Whether it decides.</param>
/// <param name="Operations">Words of its <c>on</c>.</param>
/// <param name="RowCount">Rows that its condition came to.</param>
/// <param name="Places">Where these are decided.</param>
public sealed record RuleExplanation(
    string Policy,
    string Name,
    RuleAction Action,
    RuleMode Mode,
    ImmutableArray<string> Operations,
    int RowCount,
    DecisionPlaces Places);
