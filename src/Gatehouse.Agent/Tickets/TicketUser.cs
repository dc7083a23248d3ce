using System.Runtime.InteropServices;

namespace Gatehouse.Agent.Tickets;

/// <summary>Who sent a ticket, by what the kernel says about the peer.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TicketUser(uint Uid, int Pid)
{
    public override string ToString() => $"user {Uid} (process {Pid})";
}
