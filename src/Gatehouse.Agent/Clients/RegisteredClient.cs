using Gatehouse.Policy;
using Gatehouse.Sdk.Clients;

namespace Gatehouse.Agent.Clients;

/// <summary>A registration that counts on this host: its user is known here.</summary>
internal sealed record RegisteredClient(ClientDefinition Definition, uint Uid)
{
    public string Name => Definition.Name;

    public ClientRegistration Describe() => new()
    {
        FileName = Path.GetFileName(Definition.FileName),
        Executable = Definition.ExecutablePath,
        Sha256 = Definition.Sha256.IsEmpty ? null : Definition.Sha256,
        Trust = Definition.Trust,
        User = Definition.User,
        Classes = Definition.Classes,
        LowestAltitude = Definition.LowestAltitude,
        HighestAltitude = Definition.HighestAltitude,
        MaxSubscriptions = Definition.MaxSubscriptions,
        MaxRules = Definition.MaxRules,
        MaxPolicies = Definition.MaxPolicies,
        MayAsk = Definition.MayAsk,
        MayProtect = Definition.MayProtect,
        Description = Definition.Description.Length == 0 ? null : Definition.Description,
    };
}
