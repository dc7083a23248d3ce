namespace Gatehouse.Trust;

/// <summary>Why a ticket is refused. Closed: a ticket that is refused allows nothing.</summary>
public enum TicketRefusal
{
    /// <summary>The text is none that a signer writes: damaged, cut, something before or behind it, or written in another way.</summary>
    Malformed,

    /// <summary>Its format is of a version that this program does not know.</summary>
    Version,

    /// <summary>There is no owner's key to verify it with, or it cannot be read.</summary>
    NoOwnerKey,

    /// <summary>It says that another key has signed it.</summary>
    OtherKey,

    /// <summary>It is not what the key has signed.</summary>
    WrongSignature,

    /// <summary>It is for another host.</summary>
    OtherHost,

    /// <summary>Its time has not come.</summary>
    NotYetValid,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The clock is behind a time that was seen before: nobody can say whether its time is over.</summary>
    ClockWentBack,

    /// <summary>It was used before.</summary>
    AlreadyUsed,

    /// <summary>There is no room to note that it was used.</summary>
    LedgerFull,

    /// <summary>What was used before is not known: the ledger is damaged, gone, or cannot be read.</summary>
    LedgerUnusable,

    /// <summary>That it was used cannot be written to the disk.</summary>
    NotSaved,

    /// <summary>It is used up, but what it allows could not be brought about.</summary>
    NotBegun,
}
