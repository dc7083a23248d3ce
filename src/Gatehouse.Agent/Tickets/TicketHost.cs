using Gatehouse.Trust;

namespace Gatehouse.Agent.Tickets;

/// <summary>Whose tickets count here.</summary>
/// <param name="OwnerKeyPath">The owner's public key; read at each use.</param>
/// <param name="MachineId">
/// This host's machine id as it was when the agent started; null if it has none, and then only tickets for any host are for it.
/// </param>
internal sealed record TicketHost(string OwnerKeyPath, string? MachineId)
{
    /// <summary>Reads a machine id (machine-id(5)); null if there is none, or none yet.</summary>
    public static string? ReadMachineId(string path)
    {
        try
        {
            var text = File.ReadAllText(path).TrimEnd('\n');
            return Ticket.IsHost(text) ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
