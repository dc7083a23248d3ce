namespace Gatehouse.Policy;

/// <summary>What facts that follow from a file's content may be, for a rule: both evaluators of conditions go through these.</summary>
internal static class ContentFacts
{
    /// <summary>Stands for a hash that no condition mentions: it is not hex.</summary>
    private const string SomeOtherHash = "-";

    /// <summary>What the hash may be: null is not known, and passes no test.</summary>
    public static IEnumerable<string?> HashesOf(PolicyRule rule, ProgramFacts program, IEnumerable<string> named) => program switch
    {
        { VolatileContent: true } => [rule.Action == RuleAction.Allow ? null : SomeOtherHash],
        { Sha256: { } known } => [known],
        _ when !MayBeAnything(rule) => [null],
        _ => [SomeOtherHash, .. named],
    };

    /// <summary>The same of trust. Nobody vouches for content that changes.</summary>
    public static IEnumerable<string?> TrustsOf(PolicyRule rule, ImageFacts image) => image switch
    {
        { VolatileContent: true } => [rule.Action == RuleAction.Allow ? null : ImageFields.Untrusted],
        { Trust: { } known } => [known],
        _ when !MayBeAnything(rule) => [null],
        _ => FieldCatalog.Find(ImageFields.Trust)!.Words.Select(static string? (w) => w.Word),
    };

    /// <summary>How a rule ends that matches and decides.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="client">Whose rule it is: who is asked.</param>
    /// <param name="image">The image that it matches.</param>
    public static Outcome OutcomeOf(PolicyRule rule, string client, ImageFacts image) => rule.Action switch
    {
        RuleAction.Deny => Outcome.Deny,
        RuleAction.Kill => Outcome.Kill,
        RuleAction.Ask when image.Answers.TryGetValue(client, out var answer) =>
            answer == ClientAnswer.Deny ? Outcome.Deny : Outcome.Allow,
        RuleAction.Ask => rule.OnMiss == MissAnswer.Deny ? Outcome.Deny : Outcome.Allow,
        _ => Outcome.Allow,
    };

    private static bool MayBeAnything(PolicyRule rule) => rule.Action != RuleAction.Allow && rule.OnMiss == MissAnswer.Deny;
}
