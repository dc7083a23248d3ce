using System.Globalization;
using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>
/// Writes a policy in C#. A rule's condition is a lambda that is read as an expression: what it compares with (variables,
/// constants, lists) is evaluated once, when the policy is built, and the lambda itself is never run. Not safe for use by
/// several threads; what <see cref="Create"/> returns is.
/// </summary>
public sealed partial class PolicyBuilder
{
    private readonly List<RuleDraft> _rules = [];
    private readonly List<ProtectionOptions> _protections = [];

    private PolicyBuilder(string name) => Name = name;

    internal string Name { get; }

    internal string? ClientName { get; private set; }

    internal int? AltitudeValue { get; private set; }

    internal string Text { get; private set; } = "";

    internal RuleMode PolicyMode { get; private set; }

    internal IReadOnlyList<RuleDraft> Rules => _rules;

    internal IReadOnlyList<ProtectionOptions> Protections => _protections;

    /// <summary>Builds a policy and checks it exactly as a policy file is checked.</summary>
    /// <param name="name">Unique among the policies in force: 1 to 63 lower-case letters, digits, dots and hyphens.</param>
    /// <param name="build">Adds the rules, in the order in which they decide, and protections; at least one of either.</param>
    /// <exception cref="PolicyExpressionException">Something cannot be compiled; it names everything that cannot.</exception>
    public static BuiltPolicy Create(string name, Action<PolicyBuilder> build)
    {
        var translated = Translate(name, build);
        var parsed = translated.IsEmpty
            ? new PolicyParseResult(null, [])
            : PolicyParser.Parse(translated.ToSource());
        var problems = translated.ProblemsWith(parsed.Diagnostics);
        if (problems.Count > 0 || parsed.Document is null)
        {
            throw new PolicyExpressionException(name, problems);
        }

        return new BuiltPolicy(translated.Yaml, parsed.Document, parsed.Diagnostics);
    }

    /// <summary>Name of the client whose policy it is; <c>local</c> if not given.</summary>
    public PolicyBuilder Client(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ClientName = name;
        return this;
    }

    /// <summary>0 to 1,000,000; policies of a higher one are listed first; 1000 if not given.</summary>
    public PolicyBuilder Altitude(int altitude)
    {
        AltitudeValue = altitude;
        return this;
    }

    /// <summary>Free text for people.</summary>
    public PolicyBuilder Description(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
        return this;
    }

    /// <summary>The mode of rules that have none of their own; enforce if not given.</summary>
    public PolicyBuilder Mode(RuleMode mode)
    {
        PolicyMode = mode;
        return this;
    }

    /// <summary>Protects processes and files from everybody, root included. What it refuses is refused before the rules are looked at.</summary>
    /// <param name="name">Unique in the policy: 1 to 50 lower-case letters, digits, dots and hyphens.</param>
    /// <param name="protect">Says what, and from whom not.</param>
    public PolicyBuilder Protect(string name, Action<ProtectionOptions> protect)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(protect);
        var options = new ProtectionOptions(name);
        protect(options);
        _protections.Add(options);
        return this;
    }

    /// <summary>Everything that needs no parser: the conditions, the text, and the problems of the expressions.</summary>
    internal static TranslatedPolicy Translate(string name, Action<PolicyBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(build);
        var builder = new PolicyBuilder(name);
        build(builder);
        return PolicyTranslator.Translate(builder);
    }

    private PolicyBuilder Add(
        RuleOperations on, LambdaExpression when, Action<RuleOptions> rule, string file, int line)
    {
        ArgumentNullException.ThrowIfNull(when);
        ArgumentNullException.ThrowIfNull(rule);
        var options = new RuleOptions(on);
        rule(options);
        _rules.Add(new RuleDraft(options.Name ?? DefaultName(on), when, options, file, line));
        return this;
    }

    private string DefaultName(RuleOperations on) =>
        PolicyWords.Operations.First(o => o.Value == on).Word + "-" + (_rules.Count + 1).ToString(
            CultureInfo.InvariantCulture);
}
