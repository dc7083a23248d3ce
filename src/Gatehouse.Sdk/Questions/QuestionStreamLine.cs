using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Questions;

/// <summary>A line of <c>POST /v1/questions</c>. The JSON property <c>line</c> says which kind it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "line", IgnoreUnrecognizedTypeDiscriminators = false)]
[JsonDerivedType(typeof(WelcomeLine), "welcome")]
[JsonDerivedType(typeof(Question), "question")]
[JsonDerivedType(typeof(MissedLine), "missed")]
[JsonDerivedType(typeof(HeartbeatLine), "heartbeat")]
[JsonDerivedType(typeof(EndLine), "end")]
public abstract record QuestionStreamLine;

/// <summary>The first line: what was agreed.</summary>
public sealed record WelcomeLine : QuestionStreamLine
{
    /// <summary>The client's name.</summary>
    public required string Client { get; init; }

    /// <summary>Whether a policy in force has rules with the action <c>ask</c> for this client; if not, no question comes until one has.</summary>
    public required bool Named { get; init; }

    /// <summary>The client's slot, 0 to 15; absent while no policy names it.</summary>
    public int? Slot { get; init; }

    /// <summary>Time to answer a question, in milliseconds.</summary>
    public required int DeadlineMilliseconds { get; init; }

    /// <summary>How much longer the agent waits than it says, in milliseconds.</summary>
    public required int HeadroomMilliseconds { get; init; }

    /// <summary>After so many questions in a row without an answer the client is put out of the path.</summary>
    public required int MissesAllowed { get; init; }
}

/// <summary>A question was not answered in time.</summary>
public sealed record MissedLine : QuestionStreamLine
{
    /// <summary>Its number.</summary>
    public required ulong Question { get; init; }

    /// <summary>So many in a row.</summary>
    public required int InARow { get; init; }
}

/// <summary>Nothing happened for some seconds; the agent is there.</summary>
public sealed record HeartbeatLine : QuestionStreamLine;

/// <summary>The last line: why there are no more questions.</summary>
public sealed record EndLine : QuestionStreamLine
{
    /// <summary>The client missed too many questions in a row.</summary>
    public const string PutOut = "put-out";

    /// <summary>The agent ends.</summary>
    public const string AgentStops = "agent-stops";

    /// <summary>A word: <see cref="PutOut"/> or <see cref="AgentStops"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>The same for people, with what to do.</summary>
    public required string Detail { get; init; }
}
