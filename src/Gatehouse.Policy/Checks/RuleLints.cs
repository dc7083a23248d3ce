using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What is refused or suspicious in a single rule whose tests are sound.</summary>
internal static class RuleLints
{
    private const string Kind = ImageFields.Kind;

    /// <summary>As what one and the same file can be loaded; a script that is read by its interpreter is not loaded at all.</summary>
    private static readonly ImmutableArray<string> FileKinds = ["executable", "interpreter", "library"];

    public static void Check(PolicyRule rule, IReadOnlyList<FoundTest> tests, DiagnosticBag diagnostics)
    {
        CheckOnMiss(rule, tests, diagnostics);
        CheckOnFull(rule, diagnostics);
        if (!CanMatch(rule, tests))
        {
            diagnostics.Add(
                DiagnosticCatalog.NeverMatches,
                rule.WhenSpan,
                $"The rule \"{rule.Name}\" can never match: its condition contradicts itself or its `on`.",
                "a file has one kind and one hash, a BPF program is no file, and `&&` asks all of one name; did you mean `||`?");
            return;
        }

        var errorsBefore = diagnostics.ErrorCount;
        HostStop.Check(rule, diagnostics);
        if (rule.Action == RuleAction.Deny && diagnostics.ErrorCount == errorsBefore)
        {
            CheckReach(rule, tests, diagnostics);
        }
    }

    private static void CheckOnMiss(PolicyRule rule, IReadOnlyList<FoundTest> tests, DiagnosticBag diagnostics)
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
        else if (!rule.Asks && !tests.Any(t => t.Field.FollowsFromContent && !t.InsideAncestor))
        {
            diagnostics.Add(
                DiagnosticCatalog.OnMissWithoutEffect,
                span,
                $"`onMiss` has no effect in the rule \"{rule.Name}\", which does not test the hash or trust of what is there now.",
                "leave it out");
        }
    }

    private static void CheckOnFull(PolicyRule rule, DiagnosticBag diagnostics)
    {
        if (rule.OnFullSpan is { } span && (rule.Action is RuleAction.Allow or RuleAction.Audit || rule.Mode == RuleMode.Audit))
        {
            diagnostics.Add(
                DiagnosticCatalog.OnFullWithoutEffect,
                span,
                $"`onFull` has no effect in the rule \"{rule.Name}\", which refuses nothing.",
                "leave it out");
        }
    }

    /// <summary>Whether some operation of the rule can satisfy its condition; a kind is one that the operation has.</summary>
    private static bool CanMatch(PolicyRule rule, IReadOnlyList<FoundTest> tests)
    {
        if (!tests.Any(t => t.Field.Name is Kind or OperationReach.ProgramType))
        {
            return Possibility.Exists(rule.When, wanted: true, part => Known(part, kind: null));
        }

        // What exec starts is loaded by exec, and nothing else is. Nobody is asked about a BPF program.
        IEnumerable<string> kinds = !rule.On.HasFlag(RuleOperations.ImageLoad)
            ? ["executable", "script", "interpreter"]
            : FieldCatalog.Find(Kind)!.Words.Select(w => w.Word)
                .Where(w => w is not ImageFields.BpfProgram || rule.Action != RuleAction.Ask);
        return kinds.Any(kind => Possibility.Exists(rule.When, wanted: true, part => Known(part, kind), part => IsForeign(part, kind)));
    }

    /// <summary>Whether what is loaded as this kind passes neither the test nor its opposite.</summary>
    private static bool IsForeign(Condition condition, string kind) => condition is TestCondition test
        && !OperationReach.Has(
            kind is ImageFields.BpfProgram ? GateOperation.ImageLoadProgram : GateOperation.ImageLoadExecutable, test.Field);

    private static bool? Known(Condition condition, string? kind) => condition switch
    {
        AncestorCondition ancestor => Possibility.Exists(ancestor.Operand, wanted: true, _ => null) ? null : false,
        TestCondition { Test: ValueTest values, Field.Name: Kind } when kind is not null => values.Values.Contains(kind),
        _ => null,
    };

    private static void CheckReach(PolicyRule rule, IReadOnlyList<FoundTest> tests, DiagnosticBag diagnostics)
    {
        if (rule.On == RuleOperations.ProcessExec)
        {
            // Facts of the exec itself cannot be asked of a load, and who may start anything at all is about exec.
            if (tests.Any(IsOfWhatTheFileIs) && !tests.Any(t => t.Field.Role == FieldRole.Operation))
            {
                diagnostics.Add(
                    DiagnosticCatalog.ExecOnly,
                    rule.Span,
                    $"The deny rule \"{rule.Name}\" is for process.exec only, but `ld.so FILE` loads the same image without exec.",
                    "write on: [process.exec, image.load]");
            }

            return;
        }

        foreach (var found in tests)
        {
            if (found.Field.Name is Kind && found.Test.Test is ValueTest values
                && FileKinds.Count(values.Values.Contains) is > 0 and < 3)
            {
                diagnostics.Add(
                    DiagnosticCatalog.NarrowedByKind,
                    found.Test.Span,
                    $"The deny rule \"{rule.Name}\" is narrowed by image.kind, but the same file can be loaded as another kind.",
                    "leave image.kind out");
                return;
            }
        }
    }

    private static bool IsOfWhatTheFileIs(FoundTest found) =>
        found.Field is { Role: FieldRole.Image, Type: FieldType.Path or FieldType.File or FieldType.Sha256 }
        || found.Field.Name is ImageFields.Trust;
}
