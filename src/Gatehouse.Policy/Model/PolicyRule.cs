using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>One rule of a policy file, checked.</summary>
public sealed class PolicyRule
{
    internal PolicyRule(Condition when, SourceSpan whenSpan, SourceSpan? onMissSpan)
    {
        When = when;
        WhenSpan = whenSpan;
        OnMissSpan = onMissSpan;
    }

    /// <summary>Name, unique in its file.</summary>
    public required string Name { get; init; }

    /// <summary>Operations the rule is for.</summary>
    public required RuleOperations On { get; init; }

    /// <summary>What a match does.</summary>
    public required RuleAction Action { get; init; }

    /// <summary>The rule's own mode, or else the file's.</summary>
    public required RuleMode Mode { get; init; }

    /// <summary>For the events.</summary>
    public required RuleSeverity Severity { get; init; }

    /// <summary>ATT&amp;CK technique ids such as T1059 or T1059.004.</summary>
    public required ImmutableArray<string> Tags { get; init; }

    /// <summary>The answer when the hash or trust cannot be known; of an ask rule also when the client has not answered.</summary>
    public required MissAnswer OnMiss { get; init; }

    /// <summary>The answer when the kernel side has no working memory or no label to decide with.</summary>
    public MissAnswer OnFull { get; init; } = MissAnswer.Deny;

    /// <summary>Free text, or empty.</summary>
    public required string Description { get; init; }

    /// <summary>Where the rule's name is written.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>Whether the rule decides: an allow, deny, kill or ask rule in enforce mode.</summary>
    public bool Decides => Action != RuleAction.Audit && Mode == RuleMode.Enforce;

    /// <summary>Whether a client is asked: an ask rule in mode audit only reports.</summary>
    internal bool Asks => Action == RuleAction.Ask && Mode == RuleMode.Enforce;

    internal Condition When { get; }

    /// <summary>Where the condition is written, or the name if there is none.</summary>
    internal SourceSpan WhenSpan { get; }

    /// <summary>Where <c>onMiss</c> is written, or null.</summary>
    internal SourceSpan? OnMissSpan { get; }

    /// <summary>Where <c>onFull</c> is written, or null.</summary>
    internal SourceSpan? OnFullSpan { get; init; }
}
