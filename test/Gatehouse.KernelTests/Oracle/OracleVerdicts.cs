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

    private Outcome Decide(OperationFacts facts) => PolicyEvaluator.Evaluate(image, facts).Outcome;

    private static ProgramFacts ProgramOf(ProcessFacts process) =>
        new() { Path = process.Path, BoundPaths = process.BoundPaths, Sha256 = process.Sha256 };

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Allow => Granted,
        Outcome.Deny => Refused,
        _ => Killed,
    };
}
