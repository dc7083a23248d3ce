using System.Runtime.InteropServices;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Sdk.Clients;

/// <summary>An event of a subscription.</summary>
/// <param name="Number">Its number among those of the subscription, from 1; a gap is a loss, and a <see cref="LossRecord"/> stands behind it.</param>
/// <param name="Record">What happened: <see cref="DecisionRecord"/>, <see cref="LossRecord"/> or <see cref="AgentRecord"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GatehouseEvent(ulong Number, StreamRecord Record);
