namespace Gatehouse.Policy;

/// <summary>
/// A kind of diagnostic. docs/reference/diagnostics.md has one line for each; a test compares the two.
/// </summary>
/// <param name="Code">GH1xxx: file and schema; GH2xxx: conditions; GH3xxx: what the rules mean; GH5xxx: cases.</param>
/// <param name="Severity">Error or warning; always the same for a code.</param>
/// <param name="Title">What it says, without the particulars.</param>
public sealed record DiagnosticDescriptor(string Code, DiagnosticSeverity Severity, string Title);
