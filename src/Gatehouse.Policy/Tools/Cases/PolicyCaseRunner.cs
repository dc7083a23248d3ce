using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>Tells how cases end under policies. Pure; safe for use by several threads.</summary>
public static class PolicyCaseRunner
{
    /// <summary>Runs one case by both back ends, which must agree.</summary>
    /// <param name="image">The policies.</param>
    /// <param name="test">The case.</param>
    public static PolicyCaseResult Run(PolicyImage image, PolicyCase test)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(test);
        string? disagreement = null;
        var verdict = default(PolicyVerdict);
        foreach (var stage in test.Stages)
        {
            var one = PolicyEvaluator.Evaluate(image, stage);
            var vectors = VectorEvaluator.Evaluate(image, stage);
            disagreement ??= one == vectors ? null : string.Create(
                CultureInfo.InvariantCulture, $"{stage.Operation}: conditions say {one}, vectors say {vectors}");
            verdict = Then(verdict, one);
            if (verdict.Outcome != Outcome.Allow)
            {
                break;
            }
        }

        var (actual, rule) = verdict switch
        {
            { Outcome: Outcome.Deny } => (CaseVerdict.Deny, verdict.DecidingRule),
            { Outcome: Outcome.Kill } => (CaseVerdict.Kill, verdict.DecidingRule),
            { AuditedRule: { } audited } => (CaseVerdict.Audit, audited),
            _ => (CaseVerdict.Allow, verdict.DecidingRule),
        };
        return new PolicyCaseResult(test, actual, rule is { } index ? image.Rules[index].Name : null, disagreement);
    }

    // An exec that its first stage lets go on is decided again when its arguments are known.
    private static PolicyVerdict Then(PolicyVerdict first, PolicyVerdict second) => new(
        second.Outcome, second.DecidingRule ?? first.DecidingRule, first.AuditedRule ?? second.AuditedRule);
}
