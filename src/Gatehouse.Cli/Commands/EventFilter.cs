using Gatehouse.Sdk.Events;

namespace Gatehouse.Cli.Commands;

/// <summary>Which records <c>gatehouse events</c> shows.</summary>
/// <param name="Verdicts">allow, deny, kill, audit; empty: all.</param>
/// <param name="Operations">Operations; empty: all.</param>
/// <param name="Canaries">Whether the agent's own canary denials are shown.</param>
internal sealed record EventFilter(IReadOnlyList<string> Verdicts, IReadOnlyList<string> Operations, bool Canaries)
{
    private bool IsNarrow => Verdicts.Count > 0 || Operations.Count > 0;

    /// <remarks>A loss is always shown: whoever looks for one kind of event must know that some may be missing.</remarks>
    public bool Shows(StreamRecord record) => record switch
    {
        DecisionRecord decision => Shows(decision),
        AgentRecord agent => !IsNarrow || Operations.Contains(agent.Operation, StringComparer.Ordinal),
        _ => true,
    };

    private bool Shows(DecisionRecord decision)
    {
        if (!Canaries && string.Equals(decision.Reason, "canary", StringComparison.Ordinal))
        {
            return false;
        }

        return (Operations.Count == 0 || Operations.Contains(decision.Operation, StringComparer.Ordinal))
            && (Verdicts.Count == 0 || Verdicts.Any(v => Is(decision, v)));
    }

    private static bool Is(DecisionRecord decision, string verdict) => verdict switch
    {
        "deny" => decision.Verdict == Verdict.Deny,
        "kill" => decision.Verdict == Verdict.Kill,
        "allow" => decision.Verdict == Verdict.Allow,
        _ => decision.Mode == EventMode.Audit || decision.Audited is not null,
    };
}
