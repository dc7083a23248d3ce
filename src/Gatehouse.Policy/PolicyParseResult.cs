namespace Gatehouse.Policy;

/// <summary>What <see cref="PolicyParser.Parse"/> found.</summary>
/// <param name="Document">The policy, or null if any diagnostic is an error.</param>
/// <param name="Diagnostics">All errors and warnings of the file, in the order of the text.</param>
public sealed record PolicyParseResult(PolicyDocument? Document, IReadOnlyList<Diagnostic> Diagnostics);
