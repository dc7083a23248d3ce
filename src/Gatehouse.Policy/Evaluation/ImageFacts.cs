using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What is known of a file that is loaded.</summary>
public sealed record ImageFacts : ProgramFacts
{
    /// <summary>"executable", "script", "interpreter", "library", "module", "bpf-program", "kexec-image" or "firmware".</summary>
    public string Kind { get; init; } = "executable";

    /// <summary>User id of the owner.</summary>
    public uint OwnerUid { get; init; }

    /// <summary>Group id.</summary>
    public uint OwnerGid { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Magic number of the file system.</summary>
    public uint FileSystemMagic { get; init; }

    /// <summary>
    /// Bits by the words of the flags of <see cref="FieldCatalog"/>: memfd 1, overlay 2, unlinked 4 and so on, and those of
    /// <c>image.mountFlags</c>.
    /// </summary>
    public ulong Flags { get; init; }

    /// <summary>Lower-case hex fs-verity digest, or null if the file has none.</summary>
    public string? VerityDigest { get; init; }

    /// <summary>
    /// Word of <c>image.trust</c>, or null if it is not known. With <see cref="ProgramFacts.VolatileContent"/> it is not looked at.
    /// </summary>
    public string? Trust { get; init; }

    /// <summary>What clients that were asked have said of this content, by their names.</summary>
    public IReadOnlyDictionary<string, ClientAnswer> Answers { get; init; } = ImmutableDictionary<string, ClientAnswer>.Empty;

    /// <summary>Word of <c>image.programType</c>, or null if it is no BPF program, or of a type that has no word.</summary>
    public string? ProgramType { get; init; }
}
