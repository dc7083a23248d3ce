using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// What a rule does and what is said of it. Exactly one of <see cref="Allow"/>, <see cref="Deny"/>, <see cref="Kill"/>,
/// <see cref="Ask"/> and <see cref="Audit"/> is needed; for everything else the last call counts and the defaults are those of a policy file.
/// </summary>
public sealed class RuleOptions
{
    private readonly List<RuleAction> _actions = [];

    internal RuleOptions(RuleOperations on) => On = on;

    internal RuleOperations On { get; private set; }

    internal string? Name { get; private set; }

    internal IReadOnlyList<RuleAction> Actions => _actions;

    internal RuleMode? RuleMode { get; private set; }

    internal RuleSeverity? RuleSeverity { get; private set; }

    internal ImmutableArray<string> Tags { get; private set; } = [];

    internal MissAnswer? FullAnswer { get; private set; }

    internal MissAnswer? MissAnswer { get; private set; }

    internal string Text { get; private set; } = "";

    /// <summary>
    /// Name, unique in the policy: 1 to 63 lower-case letters, digits, dots and hyphens. Without it the rule is called
    /// after its operation and place, as in <c>process.open-2</c>.
    /// </summary>
    public RuleOptions Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        return this;
    }

    /// <summary>A match lets the operation go on, and later rules of the policy are not looked at.</summary>
    public RuleOptions Allow() => Does(RuleAction.Allow);

    /// <summary>A match refuses the operation.</summary>
    public RuleOptions Deny() => Does(RuleAction.Deny);

    /// <summary>A match kills the acting process before it runs on; for <c>process.exec</c> only.</summary>
    public RuleOptions Kill() => Does(RuleAction.Kill);

    /// <summary>
    /// The policy's client decides by its own code; <see cref="OnMiss"/> answers when it has not. For <c>process.exec</c> and
    /// <c>image.load</c> of files, in a policy that names its client.
    /// </summary>
    public RuleOptions Ask() => Does(RuleAction.Ask);

    /// <summary>A match is reported; later rules still decide.</summary>
    public RuleOptions Audit() => Does(RuleAction.Audit);

    /// <summary>Whether the rule decides or only reports; the policy's mode if not given.</summary>
    public RuleOptions Mode(RuleMode mode)
    {
        RuleMode = mode;
        return this;
    }

    /// <summary>How bad a match is, for whoever reads the events; medium if not given.</summary>
    public RuleOptions Severity(RuleSeverity severity)
    {
        RuleSeverity = severity;
        return this;
    }

    /// <summary>ATT&amp;CK technique ids such as T1059 or T1059.004; adds to earlier ones.</summary>
    public RuleOptions Tag(params IEnumerable<string> techniques)
    {
        ArgumentNullException.ThrowIfNull(techniques);
        Tags = [.. Tags, .. techniques];
        return this;
    }

    /// <summary>The answer when a table or the labels are full; deny if not given.</summary>
    public RuleOptions OnFull(MissAnswer answer)
    {
        FullAnswer = answer;
        return this;
    }

    /// <summary>The answer when a file's SHA-256 or trust cannot be known in time, or a client does not answer; deny if not given.</summary>
    public RuleOptions OnMiss(MissAnswer answer)
    {
        MissAnswer = answer;
        return this;
    }

    /// <summary>Free text for people.</summary>
    public RuleOptions Description(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
        return this;
    }

    /// <summary>
    /// The rule is for these operations too. Its condition can then test only what all of its operations have: a rule
    /// <c>OnProcessExec</c> about <c>e.Image</c> can so be one on <c>image.load</c> as well.
    /// </summary>
    public RuleOptions Also(RuleOperations operations)
    {
        On |= operations;
        return this;
    }

    private RuleOptions Does(RuleAction action)
    {
        if (!_actions.Contains(action))
        {
            _actions.Add(action);
        }

        return this;
    }
}
