namespace Gatehouse.Trust;

/// <summary>What a ticket can allow for a time. A closed set: a word that is not known makes a ticket void.</summary>
public enum TicketAction
{
    /// <summary>Sealed mode is off for the time, and on again after it.</summary>
    Unseal,

    /// <summary>The agent may be told to end.</summary>
    Stop,

    /// <summary>Another Gatehouse program may take over.</summary>
    Upgrade,

    /// <summary>Policies may be changed while sealed.</summary>
    Policy,
}
