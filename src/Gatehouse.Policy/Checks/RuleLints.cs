namespace Gatehouse.Policy;

/// <summary>What is refused or suspicious in a single rule, given its rows.</summary>
internal static class RuleLints
{
    public static void Check(PolicyRule rule, IReadOnlyList<Conjunction> rows, DiagnosticBag diagnostics)
    {
        CheckOnMiss(rule, rows, diagnostics);
        if (rows.Count == 0)
        {
            diagnostics.Add(
                DiagnosticCatalog.NeverMatches,
                rule.WhenSpan,
                $"The rule \"{rule.Name}\" can never match: its condition contradicts itself or its `on`.",
                "a file has one kind and one hash, and `&&` asks all of one name; did you mean `||`?");
            return;
        }

        if (rule.Action == RuleAction.Deny)
        {
            if (!MatchesEverything(rule, rows, diagnostics))
            {
                CheckReach(rule, rows, diagnostics);
            }
        }
    }

    private static void CheckOnMiss(PolicyRule rule, IReadOnlyList<Conjunction> rows, DiagnosticBag diagnostics)
    {
        if (rule.OnMissSpan is not { } span)
        {
            return;
        }

        if (rule.Action == RuleAction.Allow)
        {
            diagnostics.Add(
                DiagnosticCatalog.OnMissWithoutEffect,
                span,
                $"`onMiss` has no effect in the allow rule \"{rule.Name}\": what is not known is never granted.",
                "leave it out");
        }
        else if (rows.All(r => r.Hash is null))
        {
            diagnostics.Add(
                DiagnosticCatalog.OnMissWithoutEffect,
                span,
                $"`onMiss` has no effect in the rule \"{rule.Name}\", which does not test the hash.",
                "leave it out");
        }
    }

    private static bool MatchesEverything(PolicyRule rule, IReadOnlyList<Conjunction> rows, DiagnosticBag diagnostics)
    {
        foreach (var operation in OperationTable.All)
        {
            var concerned = rows.Where(r => OperationMapping.Concerns(rule.On, r.Kinds, operation)).ToList();
            if (AcceptsEveryHash(concerned.Where(r => r.Paths is null).Select(r => r.Hash)))
            {
                diagnostics.Add(
                    DiagnosticCatalog.DenyEverything,
                    rule.WhenSpan,
                    $"The deny rule \"{rule.Name}\" matches every image of {PolicyWords.Of(operation)}: "
                    + "nothing could be started any more, and the host would stop.",
                    "add a condition on image.path or image.sha256");
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is no content that escapes all of these tests.</summary>
    private static bool AcceptsEveryHash(IEnumerable<HashTest?> tests)
    {
        HashSet<string>? escaping = null;
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var test in tests)
        {
            switch (test)
            {
                case null:
                    return true;
                case { Excluded: false }:
                    named.UnionWith(test.Values.Items);
                    break;
                case { Excluded: true } when escaping is null:
                    escaping = new HashSet<string>(test.Values.Items, StringComparer.Ordinal);
                    break;
                default:
                    escaping.IntersectWith(test.Values.Items);
                    break;
            }
        }

        return escaping is not null && escaping.IsSubsetOf(named);
    }

    private static void CheckReach(PolicyRule rule, IReadOnlyList<Conjunction> rows, DiagnosticBag diagnostics)
    {
        if (rule.On == RuleOperations.ProcessExec)
        {
            diagnostics.Add(
                DiagnosticCatalog.ExecOnly,
                rule.Span,
                $"The deny rule \"{rule.Name}\" is for process.exec only, but `ld.so FILE` loads the same image without exec.",
                "write on: [process.exec, image.load]");
        }
        else if (rows.Any(r => r.Kinds != ImageKinds.Any))
        {
            var test = ConditionWalk.Tests(rule.When).First(t => t.Test.Field == ConditionField.ImageKind).Test;
            diagnostics.Add(
                DiagnosticCatalog.NarrowedByKind,
                test.Span,
                $"The deny rule \"{rule.Name}\" is narrowed by image.kind, but the same file can be loaded as the other kind.",
                "leave image.kind out");
        }
    }
}
