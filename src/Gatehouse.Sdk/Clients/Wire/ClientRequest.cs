using System.Text.Json.Serialization;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>What a client asks. The JSON property <c>do</c> says which it is; each is answered before the next is read.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(HelloRequest), "hello")]
[JsonDerivedType(typeof(ApplyRequest), "apply")]
[JsonDerivedType(typeof(RemoveRequest), "remove")]
[JsonDerivedType(typeof(ListRequest), "list")]
[JsonDerivedType(typeof(LeaveRequest), "leave")]
[JsonDerivedType(typeof(SubscribeRequest), "subscribe")]
[JsonDerivedType(typeof(FilterRequest), "filter")]
[JsonDerivedType(typeof(BarrierRequest), "barrier")]
public abstract record ClientRequest;

/// <summary>The first request of a session.</summary>
public sealed record HelloRequest : ClientRequest
{
    /// <summary>Version of the protocol: <see cref="ClientFrame.Version"/>.</summary>
    public required int Version { get; init; }

    /// <summary>Name of the client.</summary>
    public required string Name { get; init; }

    /// <summary>Its altitude.</summary>
    public required int Altitude { get; init; }

    /// <summary>What it needs.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Whether it goes on where the kernel cannot refuse everything of these classes.</summary>
    public required bool AcceptPartly { get; init; }

    /// <summary>What becomes of its policies when the session ends.</summary>
    public required PoliciesAtEnd PoliciesAtEnd { get; init; }
}

/// <summary>Puts policies of the client in force, all or none.</summary>
/// <param name="Files">The policies.</param>
public sealed record ApplyRequest(IReadOnlyList<PolicyFile> Files) : ClientRequest;

/// <summary>Takes policies of the client out of force.</summary>
/// <param name="Name">Which; null: all that it has.</param>
public sealed record RemoveRequest(string? Name = null) : ClientRequest;

/// <summary>Asks who the clients are.</summary>
public sealed record ListRequest : ClientRequest;

/// <summary>Ends the session.</summary>
/// <param name="PoliciesAtEnd">What becomes of its policies; null: as it said first.</param>
public sealed record LeaveRequest(PoliciesAtEnd? PoliciesAtEnd = null) : ClientRequest;
