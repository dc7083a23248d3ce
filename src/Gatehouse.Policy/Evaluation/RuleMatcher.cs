namespace Gatehouse.Policy;

/// <summary>
/// Whether a rule matches an operation, straight from its condition. All tests of names of one program look at the same name,
/// so a condition holds if it holds for some name of each program; likewise all tests that say which file it is look at one of
/// the paths where it was found. A hash that is not known is tried as every hash that the
/// condition names and one that it does not, if the rule's <c>onMiss</c> says so.
/// </summary>
internal static class RuleMatcher
{
    private static readonly FieldRole[] s_programs = [FieldRole.Process, FieldRole.Target, FieldRole.Image];

    public static bool Matches(PolicyImage image, PolicyRule rule, OperationFacts facts)
    {
        if (!RuleEffect.Has(rule, facts.Operation))
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
            var files = tested.Files.Contains(role) ? ProgramView.BoundPathsOf(image, of).Prepend(null) : [null];
            var hashes = tested.Hashes.TryGetValue(role, out var named) ? ContentFacts.HashesOf(rule, of, named) : [null];
            var trusts = tested.Trust && role == FieldRole.Image ? ContentFacts.TrustsOf(rule, facts.Image) : [null];
            return (from name in names
                    from file in files
                    from hash in hashes
                    from trust in trusts
                    select new ProgramView(of, name, file, hash) { Trust = trust }).Any(view =>
            {
                views[role] = view;
                return Try(program + 1, views);
            });
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
}
