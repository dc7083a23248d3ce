namespace Gatehouse.Sdk.Selftests;

/// <summary>
/// The answer of <c>POST /v1/selftest</c>: sacrificial files, and a policy of the agent's own about them, until they are taken back by
/// <c>DELETE /v1/selftest</c>, or by the agent itself when the time is over.
/// </summary>
public sealed record SelftestStage
{
    /// <summary>The folder of the files, see <see cref="SelftestFiles"/>.</summary>
    public required string Folder { get; init; }

    /// <summary>Who shows it ends the self-test.</summary>
    public required string Token { get; init; }

    /// <summary>Seconds until the agent takes all back by itself.</summary>
    public required double RemainingSeconds { get; init; }

    /// <summary>The generation that has the policy.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Whether the shield keeps the folder.</summary>
    public required bool Sealed { get; init; }
}

/// <summary>The answer of <c>DELETE /v1/selftest</c>.</summary>
/// <param name="Generation">The generation without the policy of the self-test.</param>
public sealed record SelftestEnd(ulong Generation);

/// <summary>Names in the folder of a self-test.</summary>
public static class SelftestFiles
{
    /// <summary>A program that makes the system calls that it is told.</summary>
    public const string Actor = "actor";

    /// <summary>The same; no process may reach for one that runs it.</summary>
    public const string Victim = "victim";

    /// <summary>The same; not protected.</summary>
    public const string Neighbour = "neighbour";

    /// <summary>The same; may not make executable what was written.</summary>
    public const string Writer = "writer";

    /// <summary>The same; may.</summary>
    public const string FreeWriter = "free-writer";

    /// <summary>A program and library that may not be loaded.</summary>
    public const string Program = "program";

    /// <summary>Its second name.</summary>
    public const string ProgramLink = "program-link";

    /// <summary>A symbolic link to it.</summary>
    public const string ProgramSymbolicLink = "program-symbolic-link";

    /// <summary>Before the names of a program and its links that may be loaded.</summary>
    public const string Free = "free-";

    /// <summary>A folder with a file and a folder, which nobody may change while the host is sealed.</summary>
    public const string Kept = "kept";
}
