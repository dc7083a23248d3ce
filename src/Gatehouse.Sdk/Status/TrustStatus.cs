namespace Gatehouse.Sdk.Status;

/// <summary>What the agent knows of the trust database; also the answer of <c>POST /v1/trust/reload</c>.</summary>
public sealed record TrustStatus
{
    /// <summary>The database that is read.</summary>
    public required string Database { get; init; }

    /// <summary>When it was last read, or refused.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>Whether there is a database; without one nothing is trusted.</summary>
    public required bool Exists { get; init; }

    /// <summary>Whether its signature by the owner's key was verified. False without such a key: then nothing asks for one.</summary>
    public required bool SignatureVerified { get; init; }

    /// <summary>Number of its version; 0 if none is in force.</summary>
    public required ulong Counter { get; init; }

    /// <summary>Entries by source: <c>package</c>, <c>baseline</c>, <c>signer</c>.</summary>
    public required IReadOnlyDictionary<string, int> Entries { get; init; }

    /// <summary>Different digests that the kernel side has.</summary>
    public required int Digests { get; init; }

    /// <summary>Digests for which the kernel side had no room: their images are not trusted.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Why it was refused, so that nothing new is trusted; absent if it was not.</summary>
    public string? Refused { get; init; }
}
