using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// From a row of an <c>ask</c> rule to rows that the kernel side can decide without asking: what a client has said of a
/// content is a fact of the image.
/// </summary>
internal static class AskRows
{
    /// <summary>The clients that are asked, sorted: their order numbers their bits in an image.</summary>
    public static ImmutableArray<string> ClientsOf(IEnumerable<PolicyDocument> documents) =>
    [
        .. documents.Where(d => d.Rules.Any(r => r.Asks)).Select(d => d.Client).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// The row as it is decided, with what each part does. A refusal comes first, so that it wins if ever both stood there; the
    /// row itself comes last and answers when nobody has.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="row">A row of it.</param>
    /// <param name="client">Number of its client among those that are asked; not looked at if nobody is.</param>
    public static IEnumerable<(Conjunction Row, RuleAction Action)> Of(PolicyRule rule, Conjunction row, int client)
    {
        if (!rule.Asks)
        {
            yield return (row, rule.Action);
            yield break;
        }

        yield return (WithAnswer(row, ImageFields.RefusedBit + client), RuleAction.Deny);
        yield return (WithAnswer(row, client), RuleAction.Allow);
        yield return (row, rule.OnMiss == MissAnswer.Allow ? RuleAction.Allow : RuleAction.Deny);
    }

    private static Conjunction WithAnswer(Conjunction row, int bit) => Conjunction.Of(
        row.Facts.Append(new Fact(
            new FactKey(FactKind.Bit, FieldRole.Image, ImageFields.AnswersMask, bit, ""), new BitTest(Set: true, Tested: null, OfFiles: true))));
}
