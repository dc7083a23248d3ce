using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>
/// Refuses a policy set that would refuse what the owner needs to undo it: the first process, the dynamic loader and the C
/// library, the agent, and the control command.
/// </summary>
/// <remarks>
/// It asks the C# back end what the set says about these files, by every path that leads to them and by their content. It does
/// not see a further hard link to one of them; the kernel side would bind it (docs/limitations.md).
/// </remarks>
internal sealed class LockOutGuard(Func<IReadOnlyList<VitalFile>> vitalFiles)
{
    /// <summary>Code of the finding; documented with those of the policy compiler.</summary>
    public const string Code = "GH4001";

    // Tens of megabytes that hardly ever change; keyed by what changes when a package is upgraded.
    private readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), byte[]> _hashes = new();

    /// <returns>One finding a file that an enforced rule would refuse; empty if the set is safe to load.</returns>
    public IReadOnlyList<PolicyDiagnostic> Check(PolicySet set)
    {
        var image = set.Image;
        if (!image.Rules.Any(static r => r.Action == RuleAction.Deny && r.Mode == RuleMode.Enforce))
        {
            return [];
        }

        var namesByTarget = image.Paths
            .Select(static p => (p.Path, Target: PathResolver.Resolve(p.Path)))
            .Where(static p => p.Target is not null)
            .ToLookup(static p => p.Target!, static p => p.Path, StringComparer.Ordinal);
        var findings = new List<PolicyDiagnostic>();
        foreach (var file in vitalFiles())
        {
            string[] names = [file.Path, .. namesByTarget[file.Path]];
            var sha256 = image.Hashes.Count > 0 ? Hash(file.Path) : null;
            foreach (var operation in OperationsOf(file))
            {
                var verdict = PolicyEvaluator.Evaluate(image, new ImageFacts(operation, names, sha256));
                if (verdict is { Outcome: Outcome.Deny, DecidingRule: { } rule })
                {
                    findings.Add(Finding(set, rule, file));
                    break;
                }
            }
        }

        return findings;
    }

    private static GateOperation[] OperationsOf(VitalFile file) => file.IsLibrary
        ? [GateOperation.ProcessExec, GateOperation.ImageLoadExecutable, GateOperation.ImageLoadLibrary]
        : [GateOperation.ProcessExec, GateOperation.ImageLoadExecutable];

    private byte[]? Hash(string path)
    {
        try
        {
            var info = new FileInfo(path);
            var version = (path, info.Length, info.LastWriteTimeUtc);
            if (!_hashes.TryGetValue(version, out var hash))
            {
                using var stream = info.OpenRead();
                hash = SHA256.HashData(stream);
                _hashes[version] = hash;
            }

            return hash;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An unknown hash is answered by the rule's onMiss, here as in the kernel.
            return null;
        }
    }

    private static PolicyDiagnostic Finding(PolicySet set, int ruleIndex, VitalFile file)
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
            Message = $"rule \"{rule.Name}\" of policy \"{name}\" would refuse {file.Path}, {file.Role}: "
                + "nobody could undo it",
            File = policy.File.Name,
            Line = span.StartLine,
            Column = span.StartColumn,
            EndLine = span.EndLine,
            EndColumn = span.EndColumn,
            Suggestion = "take that file out of the rule, or set the rule's mode to audit",
        };
    }
}
