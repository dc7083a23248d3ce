namespace Gatehouse.Policy;

/// <summary>What a client that was asked said of a content.</summary>
public enum ClientAnswer
{
    /// <summary>It may be loaded.</summary>
    Allow = 0,

    /// <summary>It is refused.</summary>
    Deny = 1,
}
