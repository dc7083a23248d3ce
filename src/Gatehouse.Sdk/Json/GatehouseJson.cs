using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Questions;
using Gatehouse.Sdk.Selftests;
using Gatehouse.Sdk.Status;
using Gatehouse.Sdk.Tickets;

namespace Gatehouse.Sdk.Json;

/// <summary>
/// How the control API's records look as JSON: camelCase names, absent instead of null, and no text outside ASCII, so that a
/// line is safe to print on a terminal.
/// </summary>
/// <remarks>Unknown properties are ignored when read: a newer agent may say more.</remarks>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(AgentStatus))]
[JsonSerializable(typeof(AnswerReceipt))]
[JsonSerializable(typeof(AnswerRequest))]
[JsonSerializable(typeof(ApplyPoliciesRequest))]
[JsonSerializable(typeof(ApplyPoliciesResult))]
[JsonSerializable(typeof(ClientAnswer))]
[JsonSerializable(typeof(ClientList))]
[JsonSerializable(typeof(ClientRequest))]
[JsonSerializable(typeof(CostReport))]
[JsonSerializable(typeof(ForgottenAnswers))]
[JsonSerializable(typeof(PolicyList))]
[JsonSerializable(typeof(PolicyText))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(QuestionStreamLine))]
[JsonSerializable(typeof(SelftestEnd))]
[JsonSerializable(typeof(SelftestStage))]
[JsonSerializable(typeof(StreamRecord))]
[JsonSerializable(typeof(TicketList))]
[JsonSerializable(typeof(TicketStatus))]
[JsonSerializable(typeof(TrialStatus))]
[JsonSerializable(typeof(TrustStatus))]
[JsonSerializable(typeof(TryPoliciesRequest))]
[JsonSerializable(typeof(TryPoliciesResult))]
[JsonSerializable(typeof(UseTicketRequest))]
[JsonSerializable(typeof(IReadOnlyList<PolicyDiagnostic>))]
public sealed partial class GatehouseJson : JsonSerializerContext;
