namespace Gatehouse.Policy;

/// <summary>
/// Finds deny and kill rules that no ordinary operation escapes: one by a process of the host itself, on a file without
/// peculiarities whose path, content and owner, like the process's user, are whatever escapes the rule.
/// </summary>
internal static class HostStop
{
    private const string Kind = ImageFields.Kind;
    private const string Verity = "image.verityDigest";
    private const string Namespaces = "create.namespaces";
    private const string MountFlags = "image.mountFlags";
    private const string Flags = "create.flags";
    private const string Sharing = "share-";

    /// <summary>Without these nothing can be started any more, the programs to repair the policy included.</summary>
    private const RuleOperations Vital = RuleOperations.ProcessExec | RuleOperations.ImageLoad
        | RuleOperations.ProcessCreate | RuleOperations.ThreadCreate | RuleOperations.MemoryMap;

    /// <summary>Without these people are locked out and services cannot be stopped, but a shell that is open still works.</summary>
    private const RuleOperations Grave = RuleOperations.ProcessOpen | RuleOperations.ProcessCredentials | RuleOperations.ThreadOpen;

    public static void Check(PolicyRule rule, DiagnosticBag diagnostics)
    {
        if (rule.Action is not (RuleAction.Deny or RuleAction.Kill))
        {
            return;
        }

        foreach (var (word, operation) in PolicyWords.Operations.Where(o => rule.On.HasFlag(o.Value)))
        {
            if ((operation & (Vital | Grave)) == RuleOperations.None || Escapes(rule, operation))
            {
                continue;
            }

            var vital = (operation & Vital) != RuleOperations.None;
            diagnostics.Add(
                vital ? DiagnosticCatalog.DenyEverything : DiagnosticCatalog.RefusesAll,
                rule.WhenSpan,
                vital
                    ? $"The {PolicyWords.Of(rule.Action)} rule \"{rule.Name}\" matches every ordinary {word}: nothing could be started any more, and the host would stop."
                    : $"The deny rule \"{rule.Name}\" matches every ordinary {word} on the host, those of root and of the service manager included.",
                vital ? "add a condition on what is started, or on who starts it" : "add a condition on who acts");
            return;
        }
    }

    private static bool Escapes(PolicyRule rule, RuleOperations operation)
    {
        // A program and a library are two things that the host needs; scripts and their interpreters can be done without.
        string[] kinds = operation == RuleOperations.ImageLoad ? ["executable", "library"] : ["executable"];
        return kinds.All(kind => Possibility.Exists(
            rule.When, wanted: false, test => Ordinary(test, kind, operation), part => part is TestCondition { Field.Name: OperationReach.ProgramType }));
    }

    private static bool? Ordinary(Condition condition, string kind, RuleOperations operation) => condition switch
    {
        // Nearly every process has an ancestor, so that a test that all programs pass is passed.
        AncestorCondition ancestor => Possibility.Exists(ancestor.Operand, wanted: false, part => Ordinary(part, kind, operation)) ? null : true,
        TestCondition { Field.Type: FieldType.Path } test => FitsEveryPath(test.Test),
        TestCondition { Test: FlagTest } or TestCondition { Test: ContainsTest, Field.Name: Namespaces or MountFlags } => false,

        // Hardly a file of a usual host has fs-verity.
        TestCondition { Field.Name: Verity } => false,

        // A fork shares nothing, and a thread everything.
        TestCondition { Test: ContainsTest contains, Field.Name: Flags } =>
            operation == RuleOperations.ThreadCreate && contains.Word.StartsWith(Sharing, StringComparison.Ordinal),
        TestCondition { Test: ValueTest values, Field.Name: Kind } => values.Values.Contains(kind),

        // What a library is mapped as.
        TestCondition { Test: ContainsTest access, Field.Name: MemoryFields.Requested or MemoryFields.Protection } => access.Word is not MemoryFields.Write,
        TestCondition { Test: ValueTest backings, Field.Name: MemoryFields.Backing } => backings.Values.Contains(MemoryFields.File),
        _ => null,
    };

    /// <summary>Paths are tested positively only, so that what escapes is a path that no rule names.</summary>
    private static bool FitsEveryPath(FieldTest test) => test switch
    {
        PatternTest { Kind: PatternKind.Prefix } prefix => prefix.Text is "/",
        PatternTest { Kind: PatternKind.Glob } glob => GlobCheck.FitsEveryPath(glob.Text),
        _ => false,
    };
}
