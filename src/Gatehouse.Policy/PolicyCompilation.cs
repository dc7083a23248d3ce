namespace Gatehouse.Policy;

/// <summary>What <see cref="PolicyCompiler.Compile"/> produced.</summary>
/// <param name="Image">The policy image, or null if any diagnostic is an error.</param>
/// <param name="Diagnostics">Errors that concern several files or the whole set. Those of a single file come from the
/// parser.</param>
public sealed record PolicyCompilation(PolicyImage? Image, IReadOnlyList<Diagnostic> Diagnostics);
