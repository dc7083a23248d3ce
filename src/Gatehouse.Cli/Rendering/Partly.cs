using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Rendering;

/// <summary>What the running kernel cannot refuse.</summary>
internal static class Partly
{
    public static string Name(PartialEnforcement part) => part.Right is { } right ? $"{part.Operation} {right}" : part.Operation;
}
