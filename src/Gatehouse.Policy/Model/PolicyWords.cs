using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The words that policies, events and the control interface use for the values of enumerations.</summary>
public static class PolicyWords
{
    internal static readonly ImmutableArray<(string Word, RuleAction Value)> Actions =
    [
        ("allow", RuleAction.Allow), ("deny", RuleAction.Deny), ("audit", RuleAction.Audit), ("kill", RuleAction.Kill),
        ("ask", RuleAction.Ask),
    ];

    internal static readonly ImmutableArray<(string Word, RuleMode Value)> Modes =
        [("enforce", RuleMode.Enforce), ("audit", RuleMode.Audit)];

    internal static readonly ImmutableArray<(string Word, RuleSeverity Value)> Severities =
    [
        ("info", RuleSeverity.Info), ("low", RuleSeverity.Low), ("medium", RuleSeverity.Medium),
        ("high", RuleSeverity.High), ("critical", RuleSeverity.Critical),
    ];

    internal static readonly ImmutableArray<(string Word, MissAnswer Value)> MissAnswers =
        [("deny", MissAnswer.Deny), ("allow", MissAnswer.Allow)];

    internal static readonly ImmutableArray<(string Word, RuleOperations Value)> Operations =
    [
        ("process.create", RuleOperations.ProcessCreate), ("process.exec", RuleOperations.ProcessExec),
        ("process.exit", RuleOperations.ProcessExit), ("process.open", RuleOperations.ProcessOpen),
        ("process.credentials", RuleOperations.ProcessCredentials), ("thread.create", RuleOperations.ThreadCreate),
        ("thread.open", RuleOperations.ThreadOpen), ("image.load", RuleOperations.ImageLoad),
        ("memory.map", RuleOperations.MemoryMap), ("memory.protect", RuleOperations.MemoryProtect),
        ("memory.write-text", RuleOperations.MemoryWriteText), ("memory.userfaultfd", RuleOperations.MemoryUserfaultfd),
    ];

    /// <summary>"allow", "deny", "audit", "kill" or "ask".</summary>
    public static string Of(RuleAction action) => WordOf(Actions, action);

    /// <summary>"enforce" or "audit".</summary>
    public static string Of(RuleMode mode) => WordOf(Modes, mode);

    /// <summary>"info", "low", "medium", "high" or "critical".</summary>
    public static string Of(RuleSeverity severity) => WordOf(Severities, severity);

    /// <summary>"deny" or "allow".</summary>
    public static string Of(MissAnswer answer) => WordOf(MissAnswers, answer);

    /// <summary>"error" or "warning".</summary>
    public static string Of(DiagnosticSeverity severity) =>
        severity == DiagnosticSeverity.Error ? "error" : "warning";

    /// <summary>The operation of a policy's <c>on</c> that it belongs to, such as "process.exec".</summary>
    public static string Of(GateOperation operation) => WordOf(Operations, OperationMapping.RuleOperationOf(operation));

    private static string WordOf<T>(ImmutableArray<(string Word, T Value)> words, T value)
        where T : struct, Enum
    {
        foreach (var (word, candidate) in words)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
            {
                return word;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, "There is no such value.");
    }
}
