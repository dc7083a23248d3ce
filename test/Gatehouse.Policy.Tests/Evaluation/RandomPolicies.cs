using System.Collections.Immutable;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>
/// Random policies over all fields and operations that keep to the restrictions of the language: paths only in what refuses
/// and never negated, arguments only in what kills or audits, every field only where its operation has it.
/// </summary>
internal sealed class RandomPolicies(Random random)
{
    /// <summary>The operations of <c>on</c> by their words.</summary>
    public static readonly ImmutableDictionary<string, RuleOperations> Operations = OperationTable.All
        .Select(PolicyWords.Of)
        .Distinct(StringComparer.Ordinal)
        .ToImmutableDictionary(
            word => word,
            word => Enum.Parse<RuleOperations>(string.Concat(word.Split('.', '-').Select(w => char.ToUpperInvariant(w[0]) + w[1..]))),
            StringComparer.Ordinal);

    private static readonly RuleOperations[] s_combinations =
    [
        RuleOperations.ProcessExec,
        RuleOperations.ProcessExec,
        RuleOperations.ImageLoad,
        RuleOperations.ProcessExec | RuleOperations.ImageLoad,
        RuleOperations.ProcessOpen,
        RuleOperations.ProcessOpen | RuleOperations.ThreadOpen,
        RuleOperations.ThreadOpen,
        RuleOperations.ProcessCreate | RuleOperations.ThreadCreate,
        RuleOperations.ThreadCreate,
        RuleOperations.ProcessCredentials,
        RuleOperations.ProcessExit,
        RuleOperations.MemoryMap,
        RuleOperations.MemoryProtect,
        RuleOperations.MemoryMap | RuleOperations.MemoryProtect,
        RuleOperations.MemoryWriteText | RuleOperations.MemoryUserfaultfd,
        RuleOperations.ProcessExec | RuleOperations.ProcessCreate | RuleOperations.ProcessOpen | RuleOperations.ProcessCredentials,
    ];

    /// <summary>One to three policies of one to ten rules.</summary>
    public ImmutableArray<RandomPolicy> Next() =>
    [
        .. Enumerable.Range(0, random.Next(1, 4)).Select(i => new RandomPolicy(
            $"p{i}", random.Next(3), [.. Enumerable.Range(0, random.Next(1, 11)).Select(r => NextRule($"r{r}"))])),
    ];

    /// <summary>One rule.</summary>
    public RandomRule NextRule(string name) => NextRule(name, random.Pick(s_combinations));

    /// <summary>One rule for these operations.</summary>
    public RandomRule NextRule(string name, RuleOperations on)
    {
        var action = on switch
        {
            RuleOperations.ProcessExit => RuleAction.Audit,
            RuleOperations.ProcessExec => random.Pick<RuleAction>(
                [RuleAction.Allow, RuleAction.Deny, RuleAction.Kill, RuleAction.Kill, RuleAction.Audit, RuleAction.Ask]),
            RuleOperations.ImageLoad or (RuleOperations.ProcessExec | RuleOperations.ImageLoad) => random.Pick<RuleAction>(
                [RuleAction.Allow, RuleAction.Deny, RuleAction.Deny, RuleAction.Audit, RuleAction.Ask, RuleAction.Ask]),
            _ when (on & ~OperationUseCheck.Killable) == RuleOperations.None => random.Pick<RuleAction>(
                [RuleAction.Allow, RuleAction.Deny, RuleAction.Kill, RuleAction.Audit]),
            _ => random.Pick<RuleAction>([RuleAction.Allow, RuleAction.Deny, RuleAction.Deny, RuleAction.Audit]),
        };
        var scope = new Scope(
            [.. FieldCatalog.All.Where(f => (f.Operations & on) == on && IsPossible(f, action))], InsideAncestor: false);
        var when = Condition(scope, random.Next(4), negated: false);
        return new RandomRule(
            name,
            on,
            action,
            random.OneIn(4) ? RuleMode.Audit : RuleMode.Enforce,
            random.OneIn(3) ? MissAnswer.Allow : MissAnswer.Deny,
            action is RuleAction.Deny or RuleAction.Kill ? Guarded(when) : when);
    }

    private static bool IsPossible(PolicyField field, RuleAction action) => field.Type switch
    {
        FieldType.Path => action != RuleAction.Allow,
        FieldType.Texts => action is RuleAction.Kill or RuleAction.Audit,
        _ => true,
    };

    /// <summary>A rule must not refuse everything.</summary>
    private RandomAnd Guarded(RandomCondition when)
    {
        var field = FieldCatalog.Find(random.Pick<string>(["process.uid", "process.gid", "process.loginUid"]))!;
        return new RandomAnd([when, new RandomNumber(field, random.Pick<string>(["<", "<=", ">", ">="]), random.Pick<ulong>([1, 9, 15]))]);
    }

    private RandomCondition Condition(Scope scope, int depth, bool negated)
    {
        if (depth == 0 || random.OneIn(4))
        {
            return Atom(scope, negated);
        }

        return random.Next(6) switch
        {
            0 => new RandomNot(Condition(scope, depth - 1, !negated)),
            1 when !scope.InsideAncestor => Ancestor(scope, negated),
            2 or 3 => new RandomOr([.. Operands(scope, depth, negated)]),
            _ => new RandomAnd([.. Operands(scope, depth, negated)]),
        };
    }

    private RandomCondition[] Operands(Scope scope, int depth, bool negated) =>
        Enumerable.Range(0, random.Next(2, 4)).Select(_ => Condition(scope, depth - 1, negated)).ToArray();

    private RandomAncestor Ancestor(Scope scope, bool negated)
    {
        var allowed = scope.Fields.Any(f => f.Type == FieldType.Path && f.Role == FieldRole.Process) && !negated;
        var inside = new Scope(
            [
                .. scope.Fields.Where(f => f.Role == FieldRole.Process
                    && (f.Type == FieldType.File || (f.Type is FieldType.Path or FieldType.Sha256 && allowed))),
            ],
            InsideAncestor: true);
        return new RandomAncestor(Condition(inside, random.Next(3), negated: false));
    }

    private RandomCondition Atom(Scope scope, bool negated)
    {
        if (random.OneIn(30))
        {
            return new RandomConstant(random.OneIn(2));
        }

        var fields = scope.Fields
            .Where(f => !negated || !(f.Type == FieldType.Path || (f.Type == FieldType.Sha256 && scope.InsideAncestor)))
            .ToList();

        // First the type, so that names and hashes are as frequent as the many numbers.
        var type = random.Pick(fields.Select(f => f.Type).Distinct().ToList());
        var field = random.Pick(fields.FindAll(f => f.Type == type));
        var atom = Test(field);
        return type is not FieldType.Path && (type is not FieldType.Sha256 || !scope.InsideAncestor) && random.OneIn(4)
            ? new RandomNot(atom)
            : atom;
    }

    private RandomCondition Test(PolicyField field) => field.Type switch
    {
        FieldType.Path => Name(field),
        FieldType.File => new RandomMembership(field, [.. random.Some(RandomPool.Paths)]),
        FieldType.Sha256 => new RandomMembership(field, [.. random.Some(RandomPool.Hashes)]),
        FieldType.Number => new RandomNumber(field, random.Pick<string>(["==", "<", "<=", ">", ">="]), random.Pick(RandomPool.Numbers)),
        FieldType.Word => new RandomMembership(
            field, [.. random.Some(field.Name is "image.programType" ? RandomPool.ProgramTypes : field.Numbers is null ? field.Words.Select(w => w.Word).ToArray() : RandomPool.FileSystems)]),
        FieldType.Flag => new RandomFlag(field),
        FieldType.Words => new RandomWordIn(
            field,
            random.Pick(field.Role is FieldRole.Operation or FieldRole.Image ? field.Words.Select(w => w.Word).ToArray() : RandomPool.Capabilities)),
        _ => Element(field),
    };

    private RandomCondition Name(PolicyField field) => random.Next(5) switch
    {
        0 => new RandomPattern(field, "startsWith", random.Pick(RandomPool.Prefixes)),
        1 => new RandomPattern(field, "endsWith", random.Pick(RandomPool.Suffixes)),
        2 => new RandomPattern(field, "matches", random.Pick(RandomPool.Globs)),
        _ => new RandomMembership(field, [.. random.Some(RandomPool.Paths)]),
    };

    private RandomElement Element(PolicyField field)
    {
        // Names of variables are not empty and contain no equals sign.
        string[] Of(string[] texts) => field.Name is "exec.arguments" ? texts : Array.FindAll(texts, RandomPool.IsVariable);
        return random.Next(5) switch
        {
            0 => new RandomElement(field, "startsWith", [random.Pick(Of(RandomPool.TextPrefixes))]),
            1 => new RandomElement(field, "endsWith", [random.Pick(Of(RandomPool.TextSuffixes))]),
            2 => new RandomElement(field, "matches", [random.Pick(Of(RandomPool.TextGlobs))]),
            _ => new RandomElement(field, "in", [.. random.Some(Of(RandomPool.Texts))]),
        };
    }

    private sealed record Scope(ImmutableArray<PolicyField> Fields, bool InsideAncestor);
}
