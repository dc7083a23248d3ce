using Gatehouse.Sdk.Status;

namespace Gatehouse.Sdk.Policies;

/// <summary>A policy file as it is sent to the agent.</summary>
/// <param name="Name">File name for diagnostics; it is not opened.</param>
/// <param name="Text">The whole text.</param>
public sealed record PolicyFile(string Name, string Text);

/// <summary>The body of <c>POST /v1/policies</c>.</summary>
/// <param name="Files">Policies to add; one with the name of a policy in force replaces it.</param>
/// <param name="ReplaceAll">Whether every other policy goes.</param>
public sealed record ApplyPoliciesRequest(IReadOnlyList<PolicyFile> Files, bool ReplaceAll = false);

/// <summary>The answer of a change of the policies.</summary>
public sealed record ApplyPoliciesResult
{
    /// <summary>Generation that is in force now.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Policies in force now.</summary>
    public required IReadOnlyList<PolicySummary> Policies { get; init; }

    /// <summary>Findings that did not stop the policies from being applied.</summary>
    public required IReadOnlyList<PolicyDiagnostic> Warnings { get; init; }

    /// <summary>Which file stood at each path that a rule names.</summary>
    public required IReadOnlyList<PathBindingSummary> Bindings { get; init; }

    /// <summary>How long filling and switching took in the kernel, in milliseconds.</summary>
    public required double LoadMilliseconds { get; init; }
}

/// <summary>The answer of <c>GET /v1/policies</c>.</summary>
/// <param name="Generation">Generation in force.</param>
/// <param name="Policies">Policies in force, in order of evaluation.</param>
public sealed record PolicyList(ulong Generation, IReadOnlyList<PolicySummary> Policies);

/// <summary>The answer of <c>GET /v1/policies/NAME</c>.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Text">Its text as it was applied.</param>
public sealed record PolicyText(PolicySummary Policy, string Text);

/// <summary>What a path in a rule was bound to.</summary>
public sealed record PathBindingSummary
{
    /// <summary>The path as the rule spells it.</summary>
    public required string Path { get; init; }

    /// <summary>The path after following symbolic links; absent if nothing is there.</summary>
    public string? ResolvedPath { get; init; }

    /// <summary>Whether a file was found, so that its other names are refused too.</summary>
    public required bool Bound { get; init; }

    /// <summary>Why not, if it was not bound.</summary>
    public string? Problem { get; init; }
}

/// <summary>A finding in a policy's text. Lines and columns count from 1.</summary>
public sealed record PolicyDiagnostic
{
    /// <summary>Stable code, such as <c>GH2001</c>.</summary>
    public required string Code { get; init; }

    /// <summary><c>error</c> or <c>warning</c>.</summary>
    public required string Severity { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>Name of the file.</summary>
    public required string File { get; init; }

    /// <summary>First line; 0 if the finding has no place in the text.</summary>
    public required int Line { get; init; }

    /// <summary>First column.</summary>
    public required int Column { get; init; }

    /// <summary>Last line.</summary>
    public required int EndLine { get; init; }

    /// <summary>Column after the last character.</summary>
    public required int EndColumn { get; init; }

    /// <summary>What to write instead, if that is known.</summary>
    public string? Suggestion { get; init; }
}
