using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Sealing;

/// <summary>
/// The policy that keeps the agent's process: no signal, no freezing, no tracing, no reading or writing of its memory, no change of its limits,
/// by anybody. In force from the seal on, beside all others; nobody can remove it.
/// </summary>
internal static class SelfProtection
{
    public const string PolicyName = "gatehouse-self";

    /// <summary>Marks it among the policies in force.</summary>
    public const string FileName = "(built in)/gatehouse-self.yaml";

    /// <summary>The policy for an agent of this program.</summary>
    /// <param name="program">Its path.</param>
    public static PolicyFile Of(string program) => new(FileName, $$"""
        apiVersion: gatehouse/v1
        metadata:
          name: {{PolicyName}}
          description: Built in while the host is sealed. Keeps the agent's process from everybody, root included.
        mode: enforce
        sets:
          agent: ["{{program.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}"]
        rules:
          - name: agent-is-kept
            on: [process.open, thread.open]
            when: target.file in agent && open.right != "query"
            action: deny
            severity: critical
            tags: [T1562.001, T1489]
        """);
}
