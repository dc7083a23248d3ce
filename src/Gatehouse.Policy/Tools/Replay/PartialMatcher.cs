namespace Gatehouse.Policy;

/// <summary>
/// Whether a rule matches a recorded operation: null if that depends on facts that were not recorded. Negation is pushed
/// down to the single tests, because what is not known there has an answer of its own (<c>onMiss</c>) whichever way a
/// test is turned.
/// </summary>
internal sealed class PartialMatcher(PolicyRule rule, RecordedOperation recorded)
{
    private readonly OperationFacts _facts = recorded.Facts;

    /// <summary>All tests of names look at the same name of a file, so each is tried by itself.</summary>
    public bool? Matches()
    {
        bool? result = false;
        foreach (var process in Names(_facts.Process))
        {
            foreach (var target in Names(_facts.Target))
            {
                foreach (var image in Names(_facts.Image))
                {
                    result = Or(result, Evaluate(rule.When, negated: false, new NameChoice(process, target, image), _facts.Process));
                    if (result == true)
                    {
                        return true;
                    }
                }
            }
        }

        return result;
    }

    private static IEnumerable<string?> Names(ProgramFacts facts) =>
        facts.BoundPaths.Prepend(facts.Path).Distinct(StringComparer.Ordinal);

    private static bool? Or(bool? a, bool? b) => a == true || b == true ? true : a is null || b is null ? null : false;

    private static bool? And(bool? a, bool? b) => !Or(!a, !b);

    private bool? Evaluate(Condition condition, bool negated, NameChoice names, ProgramFacts process) => condition switch
    {
        ConstantCondition constant => constant.Value != negated,
        NotCondition not => Evaluate(not.Operand, !negated, names, process),
        AndCondition and => Fold(and.Operands, all: !negated, negated, names, process),
        OrCondition or => Fold(or.Operands, all: negated, negated, names, process),
        AncestorCondition ancestor => Ancestor(ancestor, negated),
        TestCondition test => Test(test, negated, names, process),
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    private bool? Fold(IEnumerable<Condition> operands, bool all, bool negated, NameChoice names, ProgramFacts process) =>
        operands.Aggregate((bool?)all, (result, operand) => all
            ? And(result, Evaluate(operand, negated, names, process))
            : Or(result, Evaluate(operand, negated, names, process)));

    private bool? Ancestor(AncestorCondition ancestor, bool negated)
    {
        if (recorded.Missing.Contains(RecordedOperation.Ancestors))
        {
            return null;
        }

        var any = _facts.Process.Ancestors.Any(program => Names(program).Any(
            name => Evaluate(ancestor.Operand, negated: false, new NameChoice(name, null, null), program) == true));
        return any != negated;
    }

    private bool? Test(TestCondition test, bool negated, NameChoice names, ProgramFacts process)
    {
        if (ReplayStage.IsLate(test.Field) && _facts.Operation != GateOperation.ProcessExecArguments)
        {
            return false;
        }

        if (recorded.Missing.Contains(test.Field.Name))
        {
            return null;
        }

        if (test.Field.Type == FieldType.Sha256)
        {
            return Hash((ValueTest)test.Test, negated, ReplayFacts.Program(test.Field.Role, _facts, process));
        }

        return ReplayFacts.Holds(test, _facts, process, names) != negated;
    }

    private bool Hash(ValueTest test, bool negated, ProgramFacts program)
    {
        if (program.VolatileContent)
        {
            // No hash is right: not granted, and otherwise as a hash that nobody names.
            return rule.Action != RuleAction.Allow && negated;
        }

        if (program.Sha256 is not { } hash)
        {
            return rule.Action != RuleAction.Allow && rule.OnMiss == MissAnswer.Deny;
        }

        return test.Values.Contains(hash) != negated;
    }
}

/// <summary>The names that are looked at.</summary>
internal sealed record NameChoice(string? Process, string? Target, string? Image);
