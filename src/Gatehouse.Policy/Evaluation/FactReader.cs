namespace Gatehouse.Policy;

/// <summary>Facts by the names of their fields.</summary>
internal static class FactReader
{
    public static ulong Number(OperationFacts facts, PolicyField field) => field.Name switch
    {
        "image.ownerUid" => facts.Image.OwnerUid,
        "image.ownerGid" => facts.Image.OwnerGid,
        "image.size" => facts.Image.Size,
        "open.signal" => facts.Request.Signal,
        "credentials.newUid" => facts.Request.NewUid,
        "credentials.newGid" => facts.Request.NewGid,
        "exit.status" => facts.Request.ExitStatus,
        "exit.signal" => facts.Request.ExitSignal,
        "process.uid" or "target.uid" => ProcessOf(facts, field).Uid,
        "process.effectiveUid" or "target.effectiveUid" => ProcessOf(facts, field).EffectiveUid,
        "process.gid" or "target.gid" => ProcessOf(facts, field).Gid,
        "process.effectiveGid" or "target.effectiveGid" => ProcessOf(facts, field).EffectiveGid,
        "process.loginUid" or "target.loginUid" => ProcessOf(facts, field).LoginUid,
        _ => throw Unexpected(field),
    };

    /// <summary>Null if the operation does not say, or the value has no word.</summary>
    public static string? Word(OperationFacts facts, PolicyField field)
    {
        var word = field.Name switch
        {
            ImageFields.Kind => facts.Kind,
            OperationReach.ProgramType => facts.Image.ProgramType,
            "image.fileSystem" => field.Words.FirstOrDefault(w => w.Value == facts.Image.FileSystemMagic).Word,
            "open.right" => facts.Request.Right,
            "credentials.change" => facts.Request.Change,
            MemoryFields.Backing => facts.Request.Backing,
            _ => throw Unexpected(field),
        };
        return field.Words.Any(w => string.Equals(w.Word, word, StringComparison.Ordinal)) ? word : null;
    }

    public static bool HasBit(OperationFacts facts, PolicyField field, ulong bit) => field.Name switch
    {
        "process.capabilities" or "target.capabilities" => (ProcessOf(facts, field).Capabilities & bit) != 0,
        "process.kernelThread" or "target.kernelThread" => ProcessOf(facts, field).KernelThread,
        "process.container" or "target.container" => ProcessOf(facts, field).Container,
        "open.child" => facts.Request.Child,
        "exec.setuidGain" => facts.Request.SetuidGain,
        "create.ioWorker" => facts.Request.IoWorker,
        "create.namespaces" => (facts.Request.Namespaces & bit) != 0,
        "create.flags" => (facts.Request.CreationFlags & bit) != 0,
        "credentials.gained" => (facts.Request.Gained & bit) != 0,
        _ when field.Role == FieldRole.Image => (facts.Image.Flags & bit) != 0,
        _ when field.Operations.HasFlag(RuleOperations.MemoryProtect) => (facts.Request.Memory & bit) != 0,
        _ => throw Unexpected(field),
    };

    private static ProcessFacts ProcessOf(OperationFacts facts, PolicyField field) =>
        field.Role == FieldRole.Target ? facts.Target : facts.Process;

    private static InvalidOperationException Unexpected(PolicyField field) => new($"Unexpected field {field.Name}.");
}
