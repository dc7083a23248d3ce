using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;
using PolicySet = Gatehouse.Agent.Enforcement.PolicySet;

namespace Gatehouse.Agent.Clients;

/// <summary>Whether what a client would put in force is its own to put in force. Whatever is not is refused, all of it.</summary>
internal static class ClientPolicyCheck
{
    /// <summary>Codes of the findings; documented in docs/reference/clients.md.</summary>
    public const string ForeignClient = "GH4111";
    public const string ForeignPolicy = "GH4112";
    public const string ForeignAltitude = "GH4113";
    public const string ForeignClass = "GH4114";
    public const string MayNotAsk = "GH4115";
    public const string QuotaExceeded = "GH4116";
    public const string MayNotProtect = "GH4117";

    /// <summary>Operations by class: a rule may be about several classes.</summary>
    internal static readonly ImmutableArray<(string Class, RuleOperations Operations)> Operations =
    [
        ("process", RuleOperations.ProcessCreate | RuleOperations.ProcessExec | RuleOperations.ProcessExit | RuleOperations.ProcessOpen | RuleOperations.ProcessCredentials),
        ("thread", RuleOperations.ThreadCreate | RuleOperations.ThreadOpen),
        ("image", RuleOperations.ImageLoad),
        ("memory", RuleOperations.MemoryMap | RuleOperations.MemoryProtect | RuleOperations.MemoryWriteText | RuleOperations.MemoryUserfaultfd),
    ];

    /// <summary>Looks at a set that would come into force.</summary>
    /// <param name="session">Who asks.</param>
    /// <param name="files">What it sends.</param>
    /// <param name="before">What is in force.</param>
    /// <param name="next">What would be.</param>
    public static IReadOnlyList<PolicyDiagnostic> Check(ClientSession session, IReadOnlyList<PolicyFile> files, PolicySet? before, PolicySet next)
    {
        var findings = new List<PolicyDiagnostic>();

        // Of the same texts, a later one may be equal to one that is in force: by reference it is told apart.
        foreach (var policy in next.Policies.Where(p => files.Any(f => ReferenceEquals(f, p.File) || f == p.File)))
        {
            CheckOwner(session, policy, before, findings);
            CheckReach(session, policy.Document, findings);
        }

        CheckQuotas(session, next, findings);
        return findings;
    }

    private static void CheckOwner(ClientSession session, ActivePolicy policy, PolicySet? before, List<PolicyDiagnostic> findings)
    {
        var document = policy.Document;
        if (!string.Equals(document.Client, session.Name, StringComparison.Ordinal))
        {
            findings.Add(Finding(
                ForeignClient, document.NameSpan, $"the policy belongs to client \"{document.Client}\", not to \"{session.Name}\"", $"write `client: {session.Name}` under `metadata`"));
        }

        var replaced = before?.Policies.FirstOrDefault(p => string.Equals(p.Name, policy.Name, StringComparison.Ordinal));
        if (replaced is not null && !string.Equals(replaced.Document.Client, session.Name, StringComparison.Ordinal))
        {
            findings.Add(Finding(
                ForeignPolicy, document.NameSpan, $"a policy of client \"{replaced.Document.Client}\" is called \"{policy.Name}\" already", "give it another name"));
        }
    }

    private static void CheckReach(ClientSession session, PolicyDocument document, List<PolicyDiagnostic> findings)
    {
        if (session.Registration is { Definition: var d } && (document.Altitude < d.LowestAltitude || document.Altitude > d.HighestAltitude))
        {
            findings.Add(Finding(
                ForeignAltitude,
                document.NameSpan,
                string.Create(CultureInfo.InvariantCulture, $"the policy's altitude {document.Altitude} is not from {d.LowestAltitude} to {d.HighestAltitude}"),
                string.Create(CultureInfo.InvariantCulture, $"write `altitude: {session.Altitude}` under `metadata`")));
        }

        CheckProtections(session, document, findings);

        // The rules of a protection are the agent's own words for it.
        var standing = document.Protections.Select(static p => p.Span).ToHashSet();
        foreach (var rule in document.Rules.Where(r => !standing.Contains(r.Span)))
        {
            foreach (var (name, operations) in Operations.Where(o => (rule.On & o.Operations) != RuleOperations.None && !session.Classes.Contains(o.Class, StringComparer.Ordinal)))
            {
                findings.Add(Finding(
                    ForeignClass, rule.Span, $"rule \"{rule.Name}\" is about class {name}; the client has {string.Join(", ", session.Classes)}", null));
            }

            if (rule.Action == RuleAction.Ask && session.Registration is { Definition.MayAsk: false })
            {
                findings.Add(Finding(MayNotAsk, rule.Span, $"rule \"{rule.Name}\" asks, and \"{session.Name}\" is registered without mayAsk", null));
            }
        }
    }

    private static void CheckProtections(ClientSession session, PolicyDocument document, List<PolicyDiagnostic> findings)
    {
        if (session.Registration is not { Definition: var d })
        {
            return;
        }

        foreach (var protection in document.Protections)
        {
            if (!d.MayProtect)
            {
                findings.Add(Finding(MayNotProtect, protection.Span, $"\"{protection.Name}\" protects something, and \"{session.Name}\" is registered without mayProtect", null));
            }
            else if (protection.Processes.Any(p => !string.Equals(p, d.ExecutablePath, StringComparison.Ordinal)))
            {
                findings.Add(Finding(
                    MayNotProtect, protection.Span, $"\"{protection.Name}\" protects processes that are not the client's own, of {d.ExecutablePath}", $"write `processes: [\"{d.ExecutablePath}\"]`"));
            }
        }
    }

    private static void CheckQuotas(ClientSession session, PolicySet next, List<PolicyDiagnostic> findings)
    {
        if (session.Registration is not { Definition: var d })
        {
            return;
        }

        var own = next.Policies.Where(p => string.Equals(p.Document.Client, session.Name, StringComparison.Ordinal)).ToList();
        var rules = own.Sum(static p => p.Document.Rules.Length);
        if (own.Count > d.MaxPolicies)
        {
            findings.Add(Finding(
                QuotaExceeded, own[^1].Document.NameSpan, string.Create(CultureInfo.InvariantCulture, $"the client would have {own.Count} policies in force; its quota is {d.MaxPolicies}"), null));
        }

        if (rules > d.MaxRules)
        {
            findings.Add(Finding(
                QuotaExceeded, own[^1].Document.NameSpan, string.Create(CultureInfo.InvariantCulture, $"the client would have {rules} rules in force; its quota is {d.MaxRules}"), null));
        }
    }

    private static PolicyDiagnostic Finding(string code, SourceSpan span, string message, string? suggestion) => new()
    {
        Code = code,
        Severity = PolicyWords.Of(DiagnosticSeverity.Error),
        Message = message,
        File = span.File,
        Line = span.StartLine,
        Column = span.StartColumn,
        EndLine = span.EndLine,
        EndColumn = span.EndColumn,
        Suggestion = suggestion,
    };
}
