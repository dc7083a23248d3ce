using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Tickets;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Policies;
using Gatehouse.Trust;

namespace Gatehouse.Agent.Sealing;

/// <summary>
/// What the owner's tickets do on a sealed host. <c>unseal</c> and <c>upgrade</c> lift the seal, <c>stop</c> lets signals through to the agent,
/// <c>policy</c> is asked for where policies are changed. Policies stay in force all the time.
/// </summary>
/// <remarks>Called one at a time. The seal that comes back is made anew: whatever was noted meanwhile, anybody may have noted.</remarks>
internal sealed class SealTickets(Sealer sealer, Enforcer enforcer, PolicyFile selfProtection) : ITicketActions
{
    private readonly HashSet<TicketAction> _allowed = [];

    private bool IsLifted => _allowed.Contains(TicketAction.Unseal) || _allowed.Contains(TicketAction.Upgrade);

    private bool IsExposed => IsLifted || _allowed.Contains(TicketAction.Stop);

    public void Begin(TicketAction action, Ticket ticket)
    {
        _allowed.Add(action);
        try
        {
            Settle();
        }
        catch
        {
            _allowed.Remove(action);
            Settle();
            throw;
        }
    }

    public void End(TicketAction action)
    {
        _allowed.Remove(action);
        Settle();
    }

    /// <summary>Brings about what is allowed now, and no more.</summary>
    /// <remarks>The process first, so that a host that says it is sealed keeps that too. Each part also when the other one fails.</remarks>
    private void Settle()
    {
        var problem = enforcer.UseBuiltIn(IsExposed ? [] : [selfProtection]);
        if (!IsLifted && !sealer.Shield.IsSealed)
        {
            sealer.SealAgain();
        }

        if (problem is not null)
        {
            throw new KernelGateException(GateFailure.OperationFailed, problem);
        }

        if (IsLifted && sealer.Shield.IsSealed)
        {
            sealer.Shield.Unseal();
        }
    }
}
