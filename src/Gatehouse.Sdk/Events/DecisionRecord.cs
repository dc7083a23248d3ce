using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Sdk.Events;

/// <summary>One decision of the kernel side.</summary>
public sealed record DecisionRecord : StreamRecord
{
    /// <summary>Event class: <c>process</c>, <c>image</c> or <c>thread</c>.</summary>
    public required string Class { get; init; }

    /// <summary>The operation as the <c>on</c> of a rule has it, such as <c>process.exec</c> or <c>image.load</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Number of the event over all classes, from 1 when enforcement was attached; a gap is a loss.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Number of the event within its class.</summary>
    public required ulong ClassSequence { get; init; }

    /// <summary>Who acted.</summary>
    public required EventSubject Subject { get; init; }

    /// <summary>What was acted on.</summary>
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The same word in policy, JSON and C#.")]
    public required EventObject Object { get; init; }

    /// <summary>What was asked; absent if the operation has no facts of its own.</summary>
    public EventRequest? Request { get; init; }

    /// <summary>What happened to the operation.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Whether the named rule decided or only reports.</summary>
    public required EventMode Mode { get; init; }

    /// <summary>
    /// What decided, if the rule is one that asks: the client's answer, <c>allow</c> or <c>deny</c>, or <c>missed</c>: none was
    /// there, and the rule's <c>onMiss</c> answered. Absent for all other rules.
    /// </summary>
    public string? Answer { get; init; }

    /// <summary><c>rule</c>, <c>no-rule</c>, <c>canary</c>, or why the kernel side refused without a rule.</summary>
    public required string Reason { get; init; }

    /// <summary>The LSM hook that decided.</summary>
    public required string Hook { get; init; }

    /// <summary>Client of the named rule, if the generation is known to this agent.</summary>
    public string? Client { get; init; }

    /// <summary>Policy of the named rule, if the generation is known to this agent.</summary>
    public string? Policy { get; init; }

    /// <summary>Name of the deciding rule, or of the audited one when <see cref="Mode"/> is audit.</summary>
    public string? Rule { get; init; }

    /// <summary>Index of that rule in its generation; present whenever a rule took part.</summary>
    public int? RuleIndex { get; init; }

    /// <summary>Severity of that rule.</summary>
    public string? Severity { get; init; }

    /// <summary>Tags (ATT&amp;CK ids) of that rule.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>A rule that matched without enforcing although another one decided.</summary>
    public RuleReference? Audited { get; init; }

    /// <summary>Policy generation that decided; 0 = none loaded.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Names of text fields that did not fit and were cut.</summary>
    public required IReadOnlyList<string> Truncated { get; init; }
}

/// <summary>A rule that an event names beside the deciding one.</summary>
public sealed record RuleReference
{
    /// <summary>Client of the rule, if known.</summary>
    public string? Client { get; init; }

    /// <summary>Policy of the rule, if known.</summary>
    public string? Policy { get; init; }

    /// <summary>Name of the rule, if known.</summary>
    public string? Rule { get; init; }

    /// <summary>Index of the rule in its generation.</summary>
    public required int RuleIndex { get; init; }
}
