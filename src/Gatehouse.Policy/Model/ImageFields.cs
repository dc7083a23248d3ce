using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The fields of the file that is loaded.</summary>
internal static class ImageFields
{
    public const string Kind = "image.kind";

    public const string Trust = "image.trust";

    /// <summary>The kind of a BPF program, which is no file.</summary>
    public const string BpfProgram = "bpf-program";

    /// <summary>The words of the kinds that the kernel itself reads or is given.</summary>
    public static readonly ImmutableArray<string> KernelKinds = ["module", "kexec-image", "firmware"];

    /// <summary>The trust of what nobody vouches for.</summary>
    public const string Untrusted = "none";

    /// <summary>The mask of what clients said of a content; no field, because only <c>ask</c> rules look at it.</summary>
    public const int AnswersMask = 3;

    /// <summary>In <see cref="AnswersMask"/>: below the clients that allowed it, from here on those that refused it.</summary>
    public const int RefusedBit = 16;

    /// <summary>The operation of <c>image.load</c> that loads this kind.</summary>
    public static GateOperation LoadOf(string kind) => kind switch
    {
        "library" => GateOperation.ImageLoadLibrary,
        BpfProgram => GateOperation.ImageLoadProgram,
        _ when KernelKinds.Contains(kind, StringComparer.Ordinal) => GateOperation.ImageLoadKernel,
        _ => GateOperation.ImageLoadExecutable,
    };

    /// <param name="loads">What loads a file.</param>
    /// <param name="others">What else has one, but not as a kind of image.</param>
    public static IEnumerable<PolicyField> All(RuleOperations loads, RuleOperations others)
    {
        PolicyField Field(string name, FieldType type, int index, string description) =>
            new($"image.{name}", type, FieldRole.Image, index, loads | others, description);

        PolicyField Flag(string name, ulong bit, string description) =>
            Field(name, FieldType.Flag, 0, description) with { Words = [(name, bit)] };

        return
        [
            Field("path", FieldType.Path, 0, "Path of the file, as the acting process spells it, or at which it stood at load."),
            Field("file", FieldType.File, 9, "The file by identity."),
            Field("sha256", FieldType.Sha256, 10, "SHA-256 of the file's content."),
            Field("verityDigest", FieldType.Sha256, 2, "fs-verity digest of the file, with SHA-256; a file without fs-verity has none.")
                with { IsMaskClass = true },
            Field("trust", FieldType.Word, 1, "Who vouches for the file's content; the strongest that does.") with
            {
                IsMaskClass = true,
                Words = [(Untrusted, 0), ("package", 1), ("baseline", 2), ("signer", 3)],
            },
            Field("ownerUid", FieldType.Number, 11, "User id of the file's owner.") with { Numbers = NumberTable.Id },
            Field("ownerGid", FieldType.Number, 12, "Group id of the file.") with { Numbers = NumberTable.Id },
            Field("size", FieldType.Number, 13, "Size of the file in bytes.") with { Numbers = NumberTable.Size },
            Field("fileSystem", FieldType.Word, 14, "File system that the file lies on.")
                with { Numbers = NumberTable.FileSystem, Words = FileSystems.Words },
            Field("kind", FieldType.Word, 15, "As what the file is loaded.") with
            {
                Operations = loads,

                // linux: the script and then its interpreter pass through exec; a library is mapped executable; the rest is for
                // the kernel itself.
                Words =
                [
                    ("executable", 1), ("script", 2), ("interpreter", 3), ("library", 4), ("module", 5), (BpfProgram, 6),
                    ("kexec-image", 7), ("firmware", 8),
                ],
            },
            Flag("memfd", 1, "Whether the file exists in memory only."),
            Flag("overlay", 2, "Whether the file lies on an overlay file system."),
            Flag("unlinked", 4, "Whether the file has no name any more."),
            Flag("writers", 8, "Whether somebody has the file open for writing."),
            Flag("setuid", 16, "Whether the file has the set-user-id bit."),
            Flag("setgid", 32, "Whether the file has the set-group-id bit."),
            Flag("overlayUpper", 64, "Whether the file lies on an overlay file system and its content comes from the upper layer."),
            Flag("groupWritable", 128, "Whether the file's group may write to it."),
            Flag("worldWritable", 256, "Whether everybody may write to the file."),
            Flag("fromMemory", 512, "Whether it is no file at all, but bytes that a process gave the kernel."),
            Field("mountFlags", FieldType.Words, 0, "Flags of the mount through which the file was opened.") with
            {
                Words = [("read-only", 1024), ("no-suid", 2048), ("no-dev", 4096), ("no-exec", 8192)],
            },
            new PolicyField(
                "image.programType", FieldType.Word, FieldRole.Operation, 10, RuleOperations.ImageLoad, "Type of the BPF program.")
            {
                Words = BpfProgramTypes.Words,
            },
        ];
    }
}
