using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>
/// Refuses a policy set that would refuse what the owner needs to undo it: the first process, the dynamic loader and the C
/// library, the agent, and the control command.
/// </summary>
/// <remarks>
/// It asks the C# back end what the set says when the first process starts or loads one of these files, by every path that leads
/// to it and by its content, when one of these programs forks or makes a thread, and when the agent loads its BPF programs. A rule
/// that asks counts by its <c>onMiss</c>, as if nobody answered: who could answer may be what cannot be started. It does not see a further hard link to one
/// of them, which the kernel side would bind, nor rules about other processes, such as the owner's shell (docs/limitations.md).
/// </remarks>
internal sealed class LockOutGuard(Func<IReadOnlyList<VitalFile>> vitalFiles, Func<string, string?>? trustOf = null)
{
    /// <summary>Code of the finding; documented with those of the policy compiler.</summary>
    public const string Code = "GH4001";

    private readonly FileHashes _hashes = new();

    /// <returns>One finding a file that an enforced rule would refuse; empty if the set is safe to load.</returns>
    public IReadOnlyList<PolicyDiagnostic> Check(PolicySet set) => Check(set, trustOf);

    /// <summary>The same, as if these contents were trusted.</summary>
    public IReadOnlyList<PolicyDiagnostic> Check(PolicySet set, Func<string, string?>? trust)
    {
        var image = set.Image;
        if (!image.Rules.Any(static r => r.Action is RuleAction.Deny or RuleAction.Kill or RuleAction.Ask && r.Mode == RuleMode.Enforce))
        {
            return [];
        }

        var facts = new VitalFacts(image, _hashes, trust);
        var findings = new List<PolicyDiagnostic>();
        foreach (var file in vitalFiles())
        {
            foreach (var (operation, loss) in facts.Of(file))
            {
                var verdict = PolicyEvaluator.Evaluate(image, operation);
                if (verdict is { Outcome: not Outcome.Allow, DecidingRule: { } rule })
                {
                    findings.Add(Finding(set, rule, loss));
                    break;
                }
            }
        }

        return findings;
    }

    private static PolicyDiagnostic Finding(PolicySet set, int ruleIndex, string loss)
    {
        var rule = set.Image.Rules[ruleIndex];
        var name = set.Image.Policies[rule.PolicyIndex].Name;
        var policy = set.Policies.First(p => string.Equals(p.Name, name, StringComparison.Ordinal));
        var source = policy.Document.Rules.FirstOrDefault(r => string.Equals(r.Name, rule.Name, StringComparison.Ordinal));
        var span = source?.Span ?? policy.Document.NameSpan;
        return new PolicyDiagnostic
        {
            Code = Code,
            Severity = "error",
            Message = rule.Action == RuleAction.Ask
                ? $"rule \"{rule.Name}\" of policy \"{name}\" would refuse {loss}, when client \"{set.Image.Policies[rule.PolicyIndex].Client}\" does not answer: nobody could undo it"
                : $"rule \"{rule.Name}\" of policy \"{name}\" would refuse {loss}: nobody could undo it",
            File = policy.File.Name,
            Line = span.StartLine,
            Column = span.StartColumn,
            EndLine = span.EndLine,
            EndColumn = span.EndColumn,
            Suggestion = rule.Action == RuleAction.Ask
                ? "allow that file before the rule, by image.file, image.sha256 or image.trust, or write onMiss: allow"
                : "take that file out of the rule, or set the rule's mode to audit",
        };
    }
}
