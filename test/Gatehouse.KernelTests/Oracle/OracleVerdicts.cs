using System.Text;
using Gatehouse.Policy;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>What C# says of the operations of a driver, under one set of policies. The words are those that the driver answers with.</summary>
internal sealed class OracleVerdicts(IReadOnlyList<string> texts, PolicyImage image)
{
    public const string Granted = "granted";
    public const string Refused = "refused";
    public const string Killed = "killed";
    public const string NoChild = "create";

    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);

    public PolicyImage Image => image;

    public string Text => string.Join("---\n", texts);

    /// <summary>Null, with the reasons, if the compiler refuses what was generated.</summary>
    public static OracleVerdicts? Compile(IReadOnlyList<string> texts, List<string> refusals)
    {
        var results = texts.Select(static (text, i) => PolicyParser.Parse(new PolicySource($"p{i}.yaml", Encoding.UTF8.GetBytes(text)))).ToList();
        if (results.Exists(static r => r.Document is null))
        {
            refusals.AddRange(results.SelectMany(static r => r.Diagnostics)
                .Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.ToString()));
            return null;
        }
        var compilation = PolicyCompiler.Compile([.. results.Select(static r => r.Document!)]);
        refusals.AddRange(compilation.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.ToString()));
        return compilation.Image is { } compiled ? new OracleVerdicts(texts, compiled) : null;
    }

    public Outcome Decide(GateOperation operation, ProcessFacts process, RequestFacts request) =>
        Decide(new OperationFacts { Operation = operation, Process = process, Request = request });

    public string Open(ProcessFacts process, ProcessFacts target, RequestFacts request, bool thread)
    {
        var facts = new OperationFacts { Operation = GateOperation.ProcessOpen, Process = process, Target = target, Request = request };
        return Decide(facts) == Outcome.Allow && (!thread || Decide(facts with { Operation = GateOperation.ThreadOpen }) == Outcome.Allow)
            ? Granted
            : Refused;
    }

    public string Create(GateOperation operation, ProcessFacts process, ulong flags, ulong namespaces = 0) =>
        Decide(operation, process, new RequestFacts { Namespaces = namespaces, CreationFlags = flags }) == Outcome.Allow ? Granted : Refused;

    /// <summary>
    /// An exec by this process: the file, and its interpreter if it is a script, as process.exec and as image.load; then both once
    /// more with arguments and environment.
    /// </summary>
    public string Exec(ProcessFacts process, OracleFile file, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        (OracleFile File, string Kind)[] images = file.Interpreter is { } interpreter
            ? [(file, "script"), (interpreter, "interpreter")]
            : [(file, "executable")];
        foreach (var (each, kind) in images)
        {
            var facts = new OperationFacts
            {
                Operation = GateOperation.ProcessExec,
                Process = process,
                Image = each.AsImage(image, kind),
            };
            Outcome[] both = [Decide(facts), Decide(facts with { Operation = GateOperation.ImageLoadExecutable })];
            if (both.Max() != Outcome.Allow)
                return Word(both.Max());
        }
        var request = new RequestFacts { Arguments = arguments, Environment = environment };
        return Word(images.Max(each => Decide(new OperationFacts
        {
            Operation = GateOperation.ProcessExecArguments,
            Process = process,
            Image = each.File.AsImage(image, each.Kind),
            Request = request,
        })));
    }

    /// <summary>A process that this one forks: the same, and its parent's program is an ancestor.</summary>
    public static ProcessFacts Child(ProcessFacts parent) => parent with { Ancestors = [.. parent.Ancestors, ProgramOf(parent)] };

    /// <summary>What this process is once it has executed a file.</summary>
    public ProcessFacts After(ProcessFacts process, OracleFile file) => process with
    {
        Path = file.Path,
        BoundPaths = file.BoundIn(image),
        Sha256 = file.Sha256,
        Ancestors = [.. process.Ancestors, ProgramOf(process)],
    };

    /// <summary>What the rules that decided since the last call are about.</summary>
    public IReadOnlyList<string> TakeTopics()
    {
        string[] topics = [.. _topics];
        _topics.Clear();
        return topics;
    }

    /// <summary>A load without an exec, in one of the ways of the driver. More than one answer: it may be either.</summary>
    public string[] Load(ProcessFacts process, OracleFile file, string way)
    {
        var loaded = file.AsImage(image, "library");
        var known = new OperationFacts { Operation = GateOperation.ImageLoadLibrary, Process = process, Image = loaded };
        var changing = known with { Image = loaded with { VolatileContent = true } };
        // What is written to while it is mapped, or loses its name, and is shared or mapped before it is executable.
        if ((file.IsWritten || file.IsUnlinked) && way is not "map")
            return [Word(Decide(changing))];
        // It is what it is, and may be something else when it runs: what would be refused of either is.
        if (file.IsWritten)
            return [Word(new[] { Decide(changing), Decide(known) }.Max())];
        return way is "protect" && !file.LooksLikeImage
            ? [Word(Decide(known)), Word(Decide(known with { Image = loaded with { Sha256 = null, Trust = null } }))]
            : [Word(Decide(known))];
    }

    private Outcome Decide(OperationFacts facts)
    {
        var verdict = PolicyEvaluator.Evaluate(image, facts);
        if (verdict.DecidingRule is { } number)
            Note(image.Rules[number], facts.Image);
        return verdict.Outcome;
    }

    private void Note(CompiledRule rule, ImageFacts loaded)
    {
        _topics.UnionWith(OracleTopics.All.Where(t => rule.Description.Contains(t, StringComparison.Ordinal)));
        if (rule.Action == RuleAction.Ask)
            _topics.Add("ask " + (loaded.Answers.TryGetValue(image.Policies[rule.PolicyIndex].Client, out var answer) ? $"{answer}" : "nobody"));
    }

    private static ProgramFacts ProgramOf(ProcessFacts process) =>
        new() { Path = process.Path, BoundPaths = process.BoundPaths, Sha256 = process.Sha256 };

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Allow => Granted,
        Outcome.Deny => Refused,
        _ => Killed,
    };
}
