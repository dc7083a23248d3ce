using Gatehouse.Sdk.Selftests;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Selftests;

/// <summary>What is to be tried, and where.</summary>
/// <param name="Ways">In their order.</param>
/// <param name="Stage">The agent's files.</param>
/// <param name="Partly">What this kernel cannot refuse.</param>
internal sealed record SelftestPlan(IReadOnlyList<Way> Ways, SelftestStage Stage, IReadOnlyList<PartialEnforcement> Partly);
