using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Questions;

/// <summary>What a client says to a question.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Answer>))]
public enum Answer
{
    /// <summary>The content may be loaded, as far as this client's rules are concerned.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>It may not.</summary>
    [JsonStringEnumMemberName("deny")]
    Deny,
}

/// <summary>The body of <c>POST /v1/answers</c>.</summary>
/// <param name="Question">Number of the question.</param>
/// <param name="Token">The question's token.</param>
/// <param name="Verdict">The answer.</param>
/// <param name="Reason">For the agent's log, at most 1,024 characters.</param>
public sealed record AnswerRequest(ulong Question, string Token, Answer Verdict, string? Reason = null)
{
    /// <summary>Longest reason, in characters.</summary>
    public const int LongestReason = 1024;
}

/// <summary>The answer of <c>POST /v1/answers</c>: it was in time.</summary>
/// <param name="Question">Number of the question.</param>
/// <param name="AfterMilliseconds">How long it took, for the agent.</param>
public sealed record AnswerReceipt(ulong Question, double AfterMilliseconds);

/// <summary>The answer of <c>DELETE /v1/answers</c>.</summary>
/// <param name="Client">The client whose answers are forgotten.</param>
public sealed record ForgottenAnswers(string Client);
