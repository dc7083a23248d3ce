namespace Gatehouse.Policy;

/// <summary>What <see cref="ClientParser.Parse"/> found.</summary>
/// <param name="Client">The client, or null if any diagnostic is an error.</param>
/// <param name="Diagnostics">All findings of the file, in the order of the text.</param>
public sealed record ClientParseResult(ClientDefinition? Client, IReadOnlyList<Diagnostic> Diagnostics);
