namespace Gatehouse.Agent.Composition;

/// <summary>Exit statuses of <c>gatehoused</c>; documented in docs/reference/command-line.md.</summary>
internal static class ExitStatus
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadInput = 2;
    public const int AnotherAgent = 3;
    public const int CannotEnforce = 4;
}
