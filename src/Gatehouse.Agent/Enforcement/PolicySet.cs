using System.Text;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Policies that were compiled together: their texts and the image that the kernel gets. Immutable.</summary>
internal sealed class PolicySet
{
    private PolicySet(IReadOnlyList<ActivePolicy> policies, PolicyImage image)
    {
        Policies = policies;
        Image = image;
    }

    public IReadOnlyList<ActivePolicy> Policies { get; }

    /// <summary>The texts that somebody gave: what is saved, and changed by changes.</summary>
    public IReadOnlyList<PolicyFile> Files => [.. Policies.Where(static p => !p.IsBuiltIn).Select(static p => p.File)];

    public PolicyImage Image { get; }

    /// <summary>Parses and compiles; every finding of every file is returned, and no set if one is an error.</summary>
    public static (PolicySet? Set, IReadOnlyList<PolicyDiagnostic> Diagnostics) Compile(
        IReadOnlyList<PolicyFile> files, IReadOnlyList<PolicyFile>? builtIn = null) =>
        Compile([.. files.Select(Source)], builtIn);

    /// <summary>As above, from bytes that may be no text at all.</summary>
    public static (PolicySet? Set, IReadOnlyList<PolicyDiagnostic> Diagnostics) Compile(
        IReadOnlyList<PolicySource> sources, IReadOnlyList<PolicyFile>? builtIn = null)
    {
        var diagnostics = new List<Diagnostic>();
        var policies = new List<ActivePolicy>(sources.Count);
        PolicySource[] brought = [.. (builtIn ?? []).Select(Source)];
        foreach (var (index, source) in sources.Concat(brought).Index())
        {
            var parsed = PolicyParser.Parse(source);
            diagnostics.AddRange(parsed.Diagnostics);
            if (parsed.Document is { } document)
            {
                var file = new PolicyFile(source.FileName, Encoding.UTF8.GetString(source.Bytes.Span));
                policies.Add(new ActivePolicy(file, document) { IsBuiltIn = index >= sources.Count });
            }
        }

        if (diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error))
        {
            return (null, Convert(diagnostics));
        }

        var compilation = PolicyCompiler.Compile([.. policies.Select(static p => p.Document)]);
        diagnostics.AddRange(compilation.Diagnostics);
        return (compilation.Image is { } image ? new PolicySet(policies, image) : null, Convert(diagnostics));
    }

    /// <summary>A policy's text as the parser takes it.</summary>
    public static PolicySource Source(PolicyFile file) => new(file.Name, Encoding.UTF8.GetBytes(file.Text));

    /// <summary>The names of all rules, by index.</summary>
    public IReadOnlyList<RuleName> RuleNames() =>
        [.. Image.Rules.Select(r => new RuleName(
            Image.Policies[r.PolicyIndex].Client,
            Image.Policies[r.PolicyIndex].Name,
            r.Name,
            PolicyWords.Of(r.Severity),
            r.Tags)
        {
            Asks = r.Action == RuleAction.Ask,
        })];

    /// <summary>The clients that are asked, those of the highest altitude first.</summary>
    public IReadOnlyList<string> AskedClients() =>
        [.. Image.Policies.Select(static p => p.Client).Where(Image.AskedClients.Contains).Distinct(StringComparer.Ordinal)];

    /// <summary>By client that is asked, where the kernel side keeps its answers: as the image numbers them.</summary>
    public IReadOnlyDictionary<string, int> AnswerSlots() =>
        Image.AskedClients.Index().ToDictionary(static c => c.Item, static c => c.Index, StringComparer.Ordinal);

    /// <summary>What listings show, in order of evaluation.</summary>
    public IReadOnlyList<PolicySummary> Summaries() =>
        [.. Image.Policies.Select((p, index) => new PolicySummary
        {
            Name = p.Name,
            Client = p.Client,
            Altitude = p.Altitude,
            Rules = Image.Rules.Count(r => r.PolicyIndex == index),
            SourceSha256 = p.SourceSha256,
            FileName = Path.GetFileName(Policies.First(a => string.Equals(a.Name, p.Name, StringComparison.Ordinal)).File.Name),
            Description = p.Description.Length == 0 ? null : p.Description,
        })];

    /// <summary>Findings as the control API has them.</summary>
    public static List<PolicyDiagnostic> Convert(IReadOnlyList<Diagnostic> diagnostics) =>
        [.. diagnostics.Select(static d => new PolicyDiagnostic
        {
            Code = d.Code,
            Severity = PolicyWords.Of(d.Severity),
            Message = d.Message,
            File = d.Span.File,
            Line = d.Span.StartLine,
            Column = d.Span.StartColumn,
            EndLine = d.Span.EndLine,
            EndColumn = d.Span.EndColumn,
            Suggestion = d.Suggestion,
        })];
}

/// <summary>A policy with the text that it came from.</summary>
internal sealed record ActivePolicy(PolicyFile File, PolicyDocument Document)
{
    /// <summary>Whether the agent brings it along: it is not saved, and nobody replaces or removes it.</summary>
    public bool IsBuiltIn { get; init; }

    public string Name => Document.Name;
}
