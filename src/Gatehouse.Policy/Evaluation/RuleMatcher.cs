namespace Gatehouse.Policy;

/// <summary>
/// Whether a rule matches a file, straight from its condition. All path tests of a condition look at the same name: the
/// condition holds if it holds for some name of the file, so that <c>path == "/a" &amp;&amp; path == "/b"</c> never
/// does.
/// </summary>
internal static class RuleMatcher
{
    /// <summary>Stands for a hash that no condition mentions: it is not hex.</summary>
    private const string SomeOtherHash = "-";

    public static bool Matches(PolicyRule rule, ImageFacts facts)
    {
        if ((rule.On & OperationMapping.RuleOperationOf(facts.Operation)) == RuleOperations.None)
        {
            return false;
        }

        var kind = facts.Operation == GateOperation.ImageLoadLibrary ? ImageKindNames.Library : ImageKindNames.Executable;
        if (facts.Sha256 is { } sha256)
        {
            var hex = Convert.ToHexStringLower(sha256);
            return ForSomeName(facts, name => Evaluate(rule.When, kind, name, hex) == true);
        }

        return ForSomeName(facts, name => MatchesUnknown(rule, kind, name));
    }

    /// <summary>
    /// The rule matches if its condition is true whatever the hash is. A deny or audit rule with <c>onMiss: deny</c>
    /// also matches if there is a hash that would make its condition true.
    /// </summary>
    private static bool MatchesUnknown(PolicyRule rule, string kind, string? name)
    {
        if (Evaluate(rule.When, kind, name, hash: null) == true)
        {
            return true;
        }

        if (rule.Action == RuleAction.Allow || rule.OnMiss == MissAnswer.Allow)
        {
            return false;
        }

        var candidates = new HashSet<string>(StringComparer.Ordinal) { SomeOtherHash };
        CollectHashes(rule.When, candidates);
        return candidates.Any(hash => Evaluate(rule.When, kind, name, hash) == true);
    }

    private static bool ForSomeName(ImageFacts facts, Func<string?, bool> matches) =>
        matches(null) || facts.Names.Any(matches);

    /// <summary>Three-valued: null means that it depends on the hash, which is null too.</summary>
    private static bool? Evaluate(Condition condition, string kind, string? name, string? hash) => condition switch
    {
        ConstantCondition constant => constant.Value,
        MembershipCondition { Field: ConditionField.ImageKind } test => test.Values.Contains(kind),
        MembershipCondition { Field: ConditionField.ImagePath } test => name is not null && test.Values.Contains(name),
        MembershipCondition test => hash is null ? null : test.Values.Contains(hash),
        NotCondition not => !Evaluate(not.Operand, kind, name, hash),
        AndCondition and => And(and.Operands.Select(o => Evaluate(o, kind, name, hash))),
        OrCondition or => !And(or.Operands.Select(o => !Evaluate(o, kind, name, hash))),
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    private static bool? And(IEnumerable<bool?> operands)
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

    private static void CollectHashes(Condition condition, HashSet<string> hashes)
    {
        switch (condition)
        {
            case MembershipCondition { Field: ConditionField.ImageSha256 } test:
                hashes.UnionWith(test.Values.Items);
                break;
            case NotCondition not:
                CollectHashes(not.Operand, hashes);
                break;
            case AndCondition and:
                and.Operands.ToList().ForEach(o => CollectHashes(o, hashes));
                break;
            case OrCondition or:
                or.Operands.ToList().ForEach(o => CollectHashes(o, hashes));
                break;
            default:
                break;
        }
    }
}
