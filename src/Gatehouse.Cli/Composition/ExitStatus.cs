namespace Gatehouse.Cli.Composition;

/// <summary>Exit statuses of <c>gatehouse</c>; documented in docs/reference/command-line.md.</summary>
internal static class ExitStatus
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadInput = 2;
    public const int AgentUnreachable = 3;
    public const int NotEnforcing = 4;
}
