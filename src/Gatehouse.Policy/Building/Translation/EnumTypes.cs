namespace Gatehouse.Policy;

/// <summary>The enumeration of C# that stands for the words of a field.</summary>
internal static class EnumTypes
{
    public static Type Of(PolicyField field) => field.Name switch
    {
        "open.right" => typeof(OpenRight),
        "image.kind" => typeof(ImageKind),
        ImageFields.Trust => typeof(TrustSource),
        "image.mountFlags" => typeof(MountOption),
        OperationReach.ProgramType => typeof(ProgramType),
        "image.fileSystem" => typeof(FileSystemKind),
        "credentials.change" => typeof(CredentialsChange),
        MemoryFields.Backing => typeof(MemoryBacking),
        MemoryFields.Requested or MemoryFields.Protection or MemoryFields.Before => typeof(MemoryAccess),
        "create.namespaces" => typeof(NamespaceKind),
        "create.flags" => typeof(CreationTrait),
        "process.capabilities" or "target.capabilities" or "credentials.gained" => typeof(Capability),
        _ => throw new ArgumentException($"{field} has no words.", nameof(field)),
    };
}
