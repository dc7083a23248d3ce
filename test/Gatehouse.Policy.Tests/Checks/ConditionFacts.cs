namespace Gatehouse.Policy.Tests.Checks;

/// <summary>The few facts that the conditions of <see cref="LintOracleTests"/> test.</summary>
/// <param name="Names">Names of the image.</param>
/// <param name="Files">Paths of the policy at which the image was found.</param>
/// <param name="Sha256">Hash of the image; null if it is not known.</param>
/// <param name="Uid">User of the process.</param>
/// <param name="Memfd">Flag of the image.</param>
/// <param name="Kind">Kind of the image.</param>
/// <param name="Ancestor">Whether there is an ancestor with <c>process.file == "/a"</c>.</param>
internal sealed record ConditionFacts(
    string[] Names, string[] Files, string? Sha256, ulong Uid, bool Memfd, string Kind, bool Ancestor)
{
    private const string OtherHash = "-";

    /// <summary>Whether a rule matches, straight from what the documentation says.</summary>
    public bool Matches(PolicyRule rule, IReadOnlyList<string> hashes)
    {
        if (!rule.On.HasFlag(RuleOperations.ImageLoad) && Kind is "library" or "module")
        {
            return false;
        }

        return Names.Append(null).Any(name =>
            Evaluate(rule.When, name, Sha256) == true
            || (Sha256 is null && rule.Action != RuleAction.Allow && rule.OnMiss == MissAnswer.Deny
                && hashes.Append(OtherHash).Any(hash => Evaluate(rule.When, name, hash) == true)));
    }

    /// <summary>Three-valued: null means that it depends on the hash, which is null too.</summary>
    public bool? Evaluate(Condition condition, string? name, string? hash) => condition switch
    {
        ConstantCondition constant => constant.Value,
        NotCondition not => !Evaluate(not.Operand, name, hash),
        AndCondition and => All(and.Operands.Select(o => Evaluate(o, name, hash))),
        OrCondition or => !All(or.Operands.Select(o => !Evaluate(o, name, hash))),
        AncestorCondition => Ancestor,
        TestCondition { Test: ValueTest test, Field.Type: FieldType.Sha256 } => hash is null ? null : test.Values.Contains(hash),
        TestCondition { Test: ValueTest test, Field.Type: FieldType.Path } => name is not null && test.Values.Contains(name),
        TestCondition { Test: PatternTest test } => name is not null && test.Kind == PatternKind.Prefix
            ? name.StartsWith(test.Text, StringComparison.Ordinal)
            : name?.EndsWith(test.Text, StringComparison.Ordinal) == true,
        TestCondition { Test: ValueTest test, Field.Type: FieldType.File } => Files.Any(test.Values.Contains),
        TestCondition { Test: ValueTest test } => test.Values.Contains(Kind),
        TestCondition { Test: NumberTest test } => test.Ranges.Any(r => r.First <= Uid && Uid <= r.Last),
        TestCondition { Test: FlagTest } => Memfd,
        _ => throw new InvalidOperationException($"Unexpected condition {condition}."),
    };

    private static bool? All(IEnumerable<bool?> operands)
    {
        bool? result = true;
        foreach (var operand in operands)
        {
            if (operand == false)
            {
                return false;
            }

            result &= operand;
        }

        return result;
    }
}
