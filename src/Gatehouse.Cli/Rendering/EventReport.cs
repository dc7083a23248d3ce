using System.Globalization;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Cli.Rendering;

/// <summary>A record of the event stream as one line.</summary>
internal static class EventReport
{
    private static readonly (string Word, char Letter)[] s_access = [("read", 'r'), ("write", 'w'), ("execute", 'x')];

    public static Report Of(StreamRecord record) => new Report().Line([(Time(record.Time), Tone.Faint), " ", .. Pieces(record)]);

    private static Piece[] Pieces(StreamRecord record) => record switch
    {
        DecisionRecord decision => Decision(decision),
        LossRecord loss =>
        [
            ("LOST ", Tone.Warning),
            ($" {loss.Cause}: {string.Join(", ", loss.Lost.Select(static l => $"{l.Key} {l.Value}"))}", Tone.Warning),
        ],
        AgentRecord agent =>
        [
            ("AGENT", IsAlarm(agent) ? Tone.Bad : Tone.Strong),
            ($" {agent.Operation}: {agent.Detail} (generation {agent.Generation})", IsAlarm(agent) ? Tone.Bad : Tone.Plain),
        ],
        _ => [record.ToString()],
    };

    private static bool IsAlarm(AgentRecord agent) => agent.Operation.EndsWith("-failed", StringComparison.Ordinal);

    private static Piece[] Decision(DecisionRecord decision)
    {
        var process = decision.Subject.Process;
        return
        [
            Verdict(decision),
            $" {decision.Operation}",
            .. Image(decision.Object.Image),
            .. Request(decision.Request),
            .. Target(decision.Object.Target),
            $" by {process.Pid} {process.Executable ?? process.Command} uid {process.Uid}",
            " " + Cause(decision),
            decision.Answer is { } answer ? ($" answer {answer}", Tone.Plain) : "",
            decision.Audited is { } audited ? ($", audited {Name(audited.Policy, audited.Rule, audited.RuleIndex)}", Tone.Warning) : "",
            decision.Object.Image is { Flags.Count: > 0 } image ? ($" [{string.Join(' ', image.Flags)}]", Tone.Faint) : "",
            decision.Truncated.Count > 0 ? ($" (cut: {string.Join(", ", decision.Truncated)})", Tone.Warning) : "",
        ];
    }

    private static Piece[] Image(EventImage? image) => image is null ? [] :
    [
        $" {image.Kind} ",
        (image.Path ?? image.ProgramType ?? "(no path)", Tone.Strong),
        image.Trust is { } trust ? ($" trust {trust}", Tone.Faint) : "",
        image.Sha256 is { } hash ? ($" sha256 {hash}", Tone.Faint) : "",
    ];

    private static Piece[] Target(EventTarget? target) => target is null ? [] :
    [
        target.Tid == target.Pid ? $" of {target.Pid} " : $" of {target.Pid}/{target.Tid} ",
        (target.Executable ?? target.Command, Tone.Strong),
        $" uid {target.Uid}",
    ];

    private static Piece[] Request(EventRequest? request) => request is null ? [] :
    [
        request.Right is { } right ? (" " + right, Tone.Strong) : "",
        request.Signal is { } signal ? $" signal {signal}" : "",
        request.SetuidGain is true ? (" gaining privileges", Tone.Warning) : "",
        request.IoWorker is true ? " io_uring worker" : "",
        request.Namespaces is { Count: > 0 } namespaces ? $" new namespaces {string.Join(',', namespaces)}" : "",
        request.Change is { } change ? (" " + change, Tone.Strong) : "",
        request.Change is "uid" ? $" to {request.NewUid}" : request.Change is "gid" ? $" to {request.NewGid}" : "",
        request.Gained is { Count: > 0 } gained ? $" gaining {string.Join(',', gained)}" : "",
        request.Memory is { } memory ? (" " + Memory(memory), Tone.Strong) : "",
        request.ExitSignal is { } ended ? $" by signal {ended}" : request.ExitStatus is { } status ? $" status {status}" : "",
        request.RunTimeNs is { } time ? string.Create(CultureInfo.InvariantCulture, $" after {time / 1e9:0.000} s") : "",
    ];

    /// <summary>"rwx anonymous", "rw- to r-x anonymous, written".</summary>
    private static string Memory(EventMemory memory)
    {
        var to = memory.Before is { } before ? $"{Access(before)} to {Access(memory.Protection)}" : Access(memory.Protection);
        (bool Is, string Word)[] facts =
        [
            (memory.Shared, "shared"), (memory.Written, "written"), (memory.Stack, "stack"), (memory.Heap, "heap"),
            (memory.ReadImpliesExecute, "read implies execute"),
        ];
        return string.Join(", ", facts.Where(static f => f.Is).Select(static f => f.Word).Prepend($"{to} {memory.Backing}"));
    }

    private static string Access(IReadOnlyList<string> words) =>
        string.Concat(s_access.Select(a => words.Contains(a.Word, StringComparer.Ordinal) ? a.Letter : '-'));

    private static Piece Verdict(DecisionRecord decision) => decision switch
    {
        { Verdict: Sdk.Events.Verdict.Deny } => ("DENY ", Tone.Bad),
        { Verdict: Sdk.Events.Verdict.Kill } => ("KILL ", Tone.Bad),
        { Mode: EventMode.Audit } => ("AUDIT", Tone.Warning),
        _ => ("ALLOW", Tone.Good),
    };

    private static string Cause(DecisionRecord decision) => decision.RuleIndex is { } index
        ? $"rule {Name(decision.Policy, decision.Rule, index)} ({decision.Mode.ToString().ToLowerInvariant()}, generation {decision.Generation})"
        : $"({decision.Reason}, generation {decision.Generation})";

    private static string Name(string? policy, string? rule, int index) =>
        rule is null ? string.Create(CultureInfo.InvariantCulture, $"#{index}") : $"{policy}/{rule}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
