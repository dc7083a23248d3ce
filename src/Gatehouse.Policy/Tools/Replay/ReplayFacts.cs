namespace Gatehouse.Policy;

/// <summary>Whether one test holds for known facts.</summary>
internal static class ReplayFacts
{
    public static ProgramFacts Program(FieldRole role, OperationFacts facts, ProgramFacts process) => role switch
    {
        FieldRole.Process => process,
        FieldRole.Target => facts.Target,
        FieldRole.Image => facts.Image,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "An operation is no program."),
    };

    public static bool Holds(TestCondition condition, OperationFacts facts, ProgramFacts process, NameChoice names)
    {
        var field = condition.Field;
        return (field.Type, condition.Test) switch
        {
            (FieldType.Path, var test) => Text(test, NameOf(field.Role, names)),
            (FieldType.File, ValueTest test) => Program(field.Role, facts, process).BoundPaths.Any(test.Values.Contains),
            (FieldType.Number, NumberTest test) => test.Ranges.Any(r => Number(field, facts) is var n && n >= r.First && n <= r.Last),
            (FieldType.Word, ValueTest test) => Word(field, facts) is { } word && test.Values.Contains(word),
            (FieldType.Flag, FlagTest) => (Bits(field, facts) & field.Words[0].Value) != 0,
            (FieldType.Words, ContainsTest test) => (Bits(field, facts) & BitOf(field, test.Word)) != 0,
            (FieldType.Texts, ElementTest test) => Texts(field, facts).Any(text => Text(test.Element, Cut(text))),
            var (type, test) => throw new InvalidOperationException($"{type} has no test {test.GetType().Name}."),
        };
    }

    private static string? NameOf(FieldRole role, NameChoice names) => role switch
    {
        FieldRole.Process => names.Process,
        FieldRole.Target => names.Target,
        _ => names.Image,
    };

    private static bool Text(FieldTest test, string? text) => text is not null && test switch
    {
        ValueTest value => value.Values.Contains(text),
        PatternTest { Kind: PatternKind.Prefix } prefix => text.StartsWith(prefix.Text, StringComparison.Ordinal),
        PatternTest { Kind: PatternKind.Suffix } suffix => text.EndsWith(suffix.Text, StringComparison.Ordinal),
        PatternTest glob => ReplayGlob.Matches(glob.Text, text),
        _ => throw new InvalidOperationException($"A text has no test {test.GetType().Name}."),
    };

    // As the kernel side: a text of 256 bytes or more is compared by its first 255.
    private static string Cut(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return bytes.Length <= PolicyLimits.MaxPathBytes
            ? text
            : System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, PolicyLimits.MaxPathBytes));
    }

    private static ulong BitOf(PolicyField field, string word) =>
        field.Words.First(w => string.Equals(w.Word, word, StringComparison.Ordinal)).Value;

    private static ulong Number(PolicyField field, OperationFacts facts) => field.Name switch
    {
        "image.ownerUid" => facts.Image.OwnerUid,
        "image.ownerGid" => facts.Image.OwnerGid,
        "image.size" => facts.Image.Size,
        "open.signal" => facts.Request.Signal,
        "credentials.newUid" => facts.Request.NewUid,
        "credentials.newGid" => facts.Request.NewGid,
        "exit.status" => facts.Request.ExitStatus,
        "exit.signal" => facts.Request.ExitSignal,
        _ => OfProcess(field, facts),
    };

    private static ulong OfProcess(PolicyField field, OperationFacts facts)
    {
        var process = field.Role == FieldRole.Target ? facts.Target : facts.Process;
        return field.Name[(field.Name.IndexOf('.', StringComparison.Ordinal) + 1)..] switch
        {
            "uid" => process.Uid,
            "effectiveUid" => process.EffectiveUid,
            "gid" => process.Gid,
            "effectiveGid" => process.EffectiveGid,
            "loginUid" => process.LoginUid,
            _ => throw Unknown(field),
        };
    }

    private static string? Word(PolicyField field, OperationFacts facts) => field.Name switch
    {
        "image.kind" => facts.Image.Kind,
        "image.fileSystem" => field.Words.FirstOrDefault(w => w.Value == facts.Image.FileSystemMagic).Word,
        "open.right" => facts.Request.Right,
        "credentials.change" => facts.Request.Change,
        _ => throw Unknown(field),
    };

    private static ulong Bits(PolicyField field, OperationFacts facts) => field.Name switch
    {
        "process.capabilities" => facts.Process.Capabilities,
        "target.capabilities" => facts.Target.Capabilities,
        "process.kernelThread" or "process.container" => ProcessFlags(facts.Process),
        "target.kernelThread" or "target.container" => ProcessFlags(facts.Target),
        "open.child" => facts.Request.Child ? field.Words[0].Value : 0,
        "exec.setuidGain" => facts.Request.SetuidGain ? field.Words[0].Value : 0,
        "create.ioWorker" => facts.Request.IoWorker ? field.Words[0].Value : 0,
        "create.namespaces" => facts.Request.Namespaces,
        _ when field.Role == FieldRole.Image => facts.Image.Flags,
        _ => throw Unknown(field),
    };

    private static ulong ProcessFlags(ProcessFacts process) => (process.KernelThread ? 1UL : 0) | (process.Container ? 2UL : 0);

    private static IReadOnlyList<string> Texts(PolicyField field, OperationFacts facts) => field.Name switch
    {
        "exec.arguments" => facts.Request.Arguments,
        "exec.environment" => facts.Request.Environment,
        _ => throw Unknown(field),
    };

    private static InvalidOperationException Unknown(PolicyField field) => new($"There is no fact for {field}.");
}
