using Gatehouse.Sdk.Policies;

namespace Gatehouse.Sdk.Problems;

/// <summary>An error answer of the control API (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record ProblemDocument
{
    /// <summary>Stable name of the kind of problem, such as <c>urn:gatehouse:problem:policy-refused</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem, for people.</summary>
    public required string Title { get; init; }

    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong with this request.</summary>
    public string? Detail { get; init; }

    /// <summary>Findings in the policies that were sent.</summary>
    public IReadOnlyList<PolicyDiagnostic>? Diagnostics { get; init; }
}
