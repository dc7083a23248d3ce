using System.Security.Cryptography;
using Gatehouse.Agent.Control;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Agent.Clients;

/// <summary>This run of the agent, as clients are told of it.</summary>
internal sealed class ClientRun(string bootId)
{
    public string Id { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public ClientWelcome Welcome(ClientSession session, IReadOnlyList<PartialEnforcement> partly) => new()
    {
        AgentVersion = StatusEndpoint.Version,
        RunId = Id,
        BootId = bootId,
        Token = session.Token,
        Classes = session.Classes,
        Partly = partly,
        Registration = session.Registration?.Describe(),
    };
}
