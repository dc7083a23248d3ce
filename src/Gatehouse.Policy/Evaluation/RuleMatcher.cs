namespace Gatehouse.Policy;

/// <summary>
/// Whether a rule matches an operation, straight from its condition. All tests of names of one program look at the same name,
/// so a condition holds if it holds for some name of each program. A hash that is not known is tried as every hash that the
/// condition names and one that it does not, if the rule's <c>onMiss</c> says so.
/// </summary>
internal static class RuleMatcher
{
    /// <summary>Stands for a hash that no condition mentions: it is not hex.</summary>
    private const string SomeOtherHash = "-";

    private static readonly FieldRole[] s_programs = [FieldRole.Process, FieldRole.Target, FieldRole.Image];

    public static bool Matches(PolicyImage image, PolicyRule rule, OperationFacts facts)
    {
        if ((rule.On & OperationMapping.RuleOperationOf(facts.Operation)) == RuleOperations.None)
        {
            return false;
        }

        // By names and hashes of the three programs that the condition tests; what it does not test is not tried.
        var tested = TestedFacts.Of(rule.When);
        return Try(0, new Dictionary<FieldRole, ProgramView>());

        bool Try(int program, Dictionary<FieldRole, ProgramView> views)
        {
            if (program == s_programs.Length)
            {
                var found = new ConditionEvaluator(image, facts, views).Evaluate(rule.When, negated: false);
                return Counts(rule, facts.Operation, found);
            }

            var role = s_programs[program];
            var of = ConditionEvaluator.ProgramOf(facts, role);
            var names = tested.Names.Contains(role) ? ProgramView.NamesOf(image, of) : [null];
            foreach (var name in names)
            {
                foreach (var hash in tested.Hashes.TryGetValue(role, out var hashes) ? HashesOf(rule, of, hashes) : [null])
                {
                    views[role] = new ProgramView(of, name, hash);
                    if (Try(program + 1, views))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>In which stage of an exec a match counts.</summary>
    private static bool Counts(PolicyRule rule, GateOperation operation, Found found)
    {
        if (operation != GateOperation.ProcessExecArguments)
        {
            return found.HasFlag(Found.WithoutTexts);
        }

        var decides = rule.Mode == RuleMode.Enforce && rule.Action is RuleAction.Allow or RuleAction.Kill;
        return decides ? found != Found.Nothing : found.HasFlag(Found.WithTexts);
    }

    /// <summary>What the hash may be: null is not known, and passes no test.</summary>
    private static IEnumerable<string?> HashesOf(PolicyRule rule, ProgramFacts program, HashSet<string> named) => program switch
    {
        { VolatileContent: true } => [rule.Action == RuleAction.Allow ? null : SomeOtherHash],
        { Sha256: { } known } => [known],
        _ when rule.Action == RuleAction.Allow || rule.OnMiss == MissAnswer.Allow => [null],
        _ => [SomeOtherHash, .. named],
    };
}
