namespace Gatehouse.Policy;

/// <summary>From the values of a case to the facts that evaluators take.</summary>
internal static class FactSetters
{
    public static ProcessFacts Process(FactValues values) => new()
    {
        Path = values.Get<string>("executable"),
        BoundPaths = values.Texts("file"),
        Sha256 = values.IsVolatile("sha256") ? null : values.Get<string>("sha256"),
        VolatileContent = values.IsVolatile("sha256"),
        Uid = (uint)values.Number("uid"),
        EffectiveUid = (uint)values.Number("effectiveUid", values.Number("uid")),
        Gid = (uint)values.Number("gid"),
        EffectiveGid = (uint)values.Number("effectiveGid", values.Number("gid")),
        LoginUid = (uint)values.Number("loginUid", uint.MaxValue),
        Capabilities = Bits("process.capabilities", values.Texts("capabilities")),
        KernelThread = values.Flag("kernelThread"),
        Container = values.Flag("container"),
    };

    public static ImageFacts Image(FactValues values, string defaultKind) => new()
    {
        Path = values.Get<string>("path"),
        BoundPaths = values.Texts("file"),
        Sha256 = values.IsVolatile("sha256") ? null : values.Get<string>("sha256"),
        VolatileContent = values.IsVolatile("sha256"),
        Kind = values.Get<string>("kind") ?? defaultKind,
        OwnerUid = (uint)values.Number("ownerUid"),
        OwnerGid = (uint)values.Number("ownerGid"),
        Size = values.Number("size"),
        FileSystemMagic = values.Get<string>("fileSystem") is { } word ? (uint)Bits("image.fileSystem", [word]) : 0,
        Flags = values.Flags(FieldCatalog.All.Where(static f => f.Role == FieldRole.Image)) | Bits("image.mountFlags", values.Texts("mountFlags")),
        VerityDigest = values.Get<string>("verityDigest"),
        Trust = values.Get<string>("trust"),
        ProgramType = values.Get<string>("programType"),
    };

    public static RequestFacts Request(FactValues values, string? defaultBacking) => new()
    {
        Right = values.Get<string>("right"),

        // The same word for the signal that is sent and the one that ended a process; an operation has one of the two.
        Signal = (uint)values.Number("signal"),
        ExitSignal = (uint)values.Number("signal"),
        ExitStatus = (uint)values.Number("status"),
        Child = values.Flag("child"),
        SetuidGain = values.Flag("setuidGain"),
        IoWorker = values.Flag("ioWorker"),
        Namespaces = Bits("create.namespaces", values.Texts("namespaces")),
        CreationFlags = Bits("create.flags", values.Texts("flags")),
        Gained = Bits("credentials.gained", values.Texts("gained")),
        Memory = values.Flags(MemoryFields.All) | Bits(MemoryFields.Requested, values.Texts("requested"))
            | Bits(MemoryFields.Protection, values.Texts("protection")) | Bits(MemoryFields.Before, values.Texts("before")),
        Backing = values.Get<string>("backing") ?? defaultBacking,
        Change = values.Get<string>("change"),
        NewUid = (uint)values.Number("newUid"),
        NewGid = (uint)values.Number("newGid"),
        Arguments = values.Texts("arguments"),
        Environment = values.Texts("environment"),
    };

    private static ulong Bits(string field, IEnumerable<string> words)
    {
        var known = FieldCatalog.Find(field)?.Words ?? throw new InvalidOperationException($"There is no field {field}.");
        return words.Aggregate(0UL, (bits, word) => bits | known.First(w => string.Equals(w.Word, word, StringComparison.Ordinal)).Value);
    }
}
