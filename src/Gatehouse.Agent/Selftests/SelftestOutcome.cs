using Gatehouse.Sdk.Selftests;

namespace Gatehouse.Agent.Selftests;

/// <summary>What became of the wish to begin or end a self-test.</summary>
internal abstract record SelftestOutcome
{
    /// <summary>The files are there, and the policy is in force.</summary>
    public sealed record Begun(SelftestStage Stage) : SelftestOutcome;

    /// <summary>Another one runs.</summary>
    public sealed record Runs(TimeSpan Remaining) : SelftestOutcome;

    /// <summary>All is as before.</summary>
    public sealed record Ended(ulong Generation) : SelftestOutcome;

    /// <summary>None runs.</summary>
    public sealed record None : SelftestOutcome;

    /// <summary>Another one's token.</summary>
    public sealed record WrongToken : SelftestOutcome;

    /// <summary>It could not be begun, and nothing is left of it; or not be ended, and the agent tries again.</summary>
    public sealed record Failed(string Reason) : SelftestOutcome;
}
