using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Commands;

/// <summary>What <c>gatehouse doctor --json</c> prints.</summary>
internal sealed record DoctorReport(
    string CanEnforce, IReadOnlyList<DoctorProbe> Probes, IReadOnlyList<PartialEnforcement> Partly, DoctorAgent Agent);

/// <summary>One thing that was looked at. Answer: yes, no or unknown.</summary>
internal sealed record DoctorProbe(string Name, string Title, string Answer, bool Required, string Detail, string? Remedy);

/// <summary>The agent, if one answers.</summary>
internal sealed record DoctorAgent(bool Reachable, string? Reason, AgentHealth? Health, EnforcementStatus? Enforcement)
{
    /// <summary>What its status says is wrong.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>What <c>gatehouse policy check --json</c> prints.</summary>
internal sealed record CheckReport(
    bool Ok, int Policies, int Rules, int Rows, string? Fingerprint, IReadOnlyList<PolicyDiagnostic> Diagnostics);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CliJson : JsonSerializerContext;
