namespace Gatehouse.Policy;

/// <summary>The fields of the file that is loaded.</summary>
internal static class ImageFields
{
    public static IEnumerable<PolicyField> All(RuleOperations operations)
    {
        PolicyField Field(string name, FieldType type, int index, string description) =>
            new($"image.{name}", type, FieldRole.Image, index, operations, description);

        PolicyField Flag(string name, ulong bit, string description) =>
            Field(name, FieldType.Flag, 0, description) with { Words = [(name, bit)] };

        return
        [
            Field("path", FieldType.Path, 0, "Path of the file, as the acting process spells it, or at which it stood at load."),
            Field("file", FieldType.File, 9, "The file by identity."),
            Field("sha256", FieldType.Sha256, 10, "SHA-256 of the file's content."),
            Field("ownerUid", FieldType.Number, 11, "User id of the file's owner.") with { Numbers = NumberTable.Id },
            Field("ownerGid", FieldType.Number, 12, "Group id of the file.") with { Numbers = NumberTable.Id },
            Field("size", FieldType.Number, 13, "Size of the file in bytes.") with { Numbers = NumberTable.Size },
            Field("fileSystem", FieldType.Word, 14, "File system that the file lies on.")
                with { Numbers = NumberTable.FileSystem, Words = FileSystems.Words },
            Field("kind", FieldType.Word, 15, "As what the file is loaded.") with
            {
                // linux: the script and then its interpreter pass through exec; a library is mapped executable.
                Words = [("executable", 1), ("script", 2), ("interpreter", 3), ("library", 4)],
            },
            Flag("memfd", 1, "Whether the file exists in memory only."),
            Flag("overlay", 2, "Whether the file lies on an overlay file system."),
            Flag("unlinked", 4, "Whether the file has no name any more."),
            Flag("writers", 8, "Whether somebody has the file open for writing."),
            Flag("setuid", 16, "Whether the file has the set-user-id bit."),
            Flag("setgid", 32, "Whether the file has the set-group-id bit."),
        ];
    }
}
