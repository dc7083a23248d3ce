namespace Gatehouse.Policy;

/// <summary>What is known of a file that is loaded.</summary>
public sealed record ImageFacts : ProgramFacts
{
    /// <summary>"executable", "script", "interpreter" or "library".</summary>
    public string Kind { get; init; } = "executable";

    /// <summary>User id of the owner.</summary>
    public uint OwnerUid { get; init; }

    /// <summary>Group id.</summary>
    public uint OwnerGid { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Magic number of the file system.</summary>
    public uint FileSystemMagic { get; init; }

    /// <summary>Bits by the words of the flags of <see cref="FieldCatalog"/>: memfd 1, overlay 2, unlinked 4 and so on.</summary>
    public ulong Flags { get; init; }
}
