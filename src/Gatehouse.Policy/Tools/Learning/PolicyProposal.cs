namespace Gatehouse.Policy;

/// <summary>What <see cref="PolicyLearner"/> proposes.</summary>
/// <param name="Text">A policy file; without any rule it has comments only, and is no policy.</param>
/// <param name="Rules">How many rules it has.</param>
/// <param name="Covered">How many of the events these rules allow.</param>
/// <param name="Refused">How many events no rule can be proposed for; the comments at the end say why.</param>
public sealed record PolicyProposal(string Text, int Rules, int Covered, int Refused);
