using System.Text.Json.Serialization;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>What the agent answers. The JSON property <c>answer</c> says which it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "answer")]
[JsonDerivedType(typeof(WelcomeAnswer), "welcome")]
[JsonDerivedType(typeof(RefusedAnswer), "refused")]
[JsonDerivedType(typeof(ProblemAnswer), "problem")]
[JsonDerivedType(typeof(AppliedAnswer), "applied")]
[JsonDerivedType(typeof(ListAnswer), "list")]
[JsonDerivedType(typeof(DoneAnswer), "done")]
public abstract record ClientAnswer;

/// <summary>The session is registered.</summary>
/// <param name="Session">What the client may know of it.</param>
public sealed record WelcomeAnswer(ClientWelcome Session) : ClientAnswer;

/// <summary>The client is not let in, or may not do this.</summary>
/// <param name="Reason">The kind of reason.</param>
/// <param name="Detail">The reason, for people.</param>
/// <param name="Missing">What the kernel cannot refuse, by name; absent for other reasons.</param>
public sealed record RefusedAnswer(ClientRefusalReason Reason, string Detail, IReadOnlyList<string>? Missing = null) : ClientAnswer;

/// <summary>A request failed, as one of the control API would.</summary>
/// <param name="Problem">What the control API would answer.</param>
public sealed record ProblemAnswer(ProblemDocument Problem) : ClientAnswer;

/// <summary>Policies are in force.</summary>
/// <param name="Result">All policies in force, this client's and others'.</param>
public sealed record AppliedAnswer(ApplyPoliciesResult Result) : ClientAnswer;

/// <summary>The clients.</summary>
/// <param name="List">All of them.</param>
public sealed record ListAnswer(ClientList List) : ClientAnswer;

/// <summary>It is done.</summary>
public sealed record DoneAnswer : ClientAnswer;
