namespace Gatehouse.Policy;

/// <summary>
/// Whether a rule matches a recorded operation, as <see cref="RuleMatcher"/> says it: by some name, file and hash of each
/// program. Null if that depends on facts that were not recorded.
/// </summary>
internal sealed class PartialMatcher(PolicyRule rule, NamedOperation operation)
{
    private static readonly FieldRole[] s_programs = [FieldRole.Process, FieldRole.Target, FieldRole.Image];

    private readonly TestedFacts _tested = TestedFacts.Of(rule.When);

    public bool? Matches() => Try(0, []);

    private bool? Try(int program, Dictionary<FieldRole, ProgramView> views)
    {
        if (program == s_programs.Length)
        {
            return Counts(new PartialCondition(operation, views).Evaluate(rule.When, negated: false));
        }

        var role = s_programs[program];
        var of = ConditionEvaluator.ProgramOf(operation.Recorded.Facts, role);
        bool? result = false;
        foreach (var view in Views(role, of))
        {
            views[role] = view;
            result = PartialFound.Or(result, Try(program + 1, views));
            if (result == true)
            {
                break;
            }
        }

        return result;
    }

    private IEnumerable<ProgramView> Views(FieldRole role, ProgramFacts of) =>
        from name in _tested.Names.Contains(role) ? operation.NamesOf(of) : [null]
        from file in _tested.Files.Contains(role) ? operation.FilesOf(of) : [null]
        from hash in _tested.Hashes.TryGetValue(role, out var named) ? ContentFacts.HashesOf(rule, of, named) : [null]
        from trust in _tested.Trust && role == FieldRole.Image ? ContentFacts.TrustsOf(rule, operation.Recorded.Facts.Image) : [null]
        select new ProgramView(of, name, file, hash) { Trust = trust };

    /// <summary>In which stage of an exec a match counts.</summary>
    private bool? Counts(PartialFound found) => operation.Recorded.Facts.Operation switch
    {
        not GateOperation.ProcessExecArguments => found.WithoutTexts,
        _ when rule.Decides && rule.Action is RuleAction.Allow or RuleAction.Kill => found.Any,
        _ => found.WithTexts,
    };
}
