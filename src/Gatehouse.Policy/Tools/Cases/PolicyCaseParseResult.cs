namespace Gatehouse.Policy;

/// <summary>What <see cref="PolicyCaseParser"/> found.</summary>
/// <param name="Cases">The cases, in the order of the text; null if any diagnostic is an error.</param>
/// <param name="Diagnostics">All findings of the file, in the order of the text.</param>
public sealed record PolicyCaseParseResult(IReadOnlyList<PolicyCase>? Cases, IReadOnlyList<Diagnostic> Diagnostics);
