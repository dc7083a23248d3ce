using System.Globalization;
using Gatehouse.KernelTests.Guest;
using Gatehouse.Policy;
using Outcome = Gatehouse.Policy.Outcome;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>Has one seat start a program, has that program do random things, and compares what happens with what C# says.</summary>
internal sealed partial class OracleSession(Random random, OracleWorld world, OracleVerdicts verdicts, OracleSeat seat, OracleTally tally)
{
    private const int Operations = 24;

    /// <summary>Tries, with other programs each time, until one of them may be started.</summary>
    private const int Starts = 3;

    /// <summary>create.flags of what the driver makes by clone3, by vfork and by pthread_create; fork has none.</summary>
    private const ulong VforkFlag = 0x4000;

    private const ulong Vfork = 0x4100;
    private const ulong ThreadFlags = 0xf00;

    /// <summary>Way, right, signal, whether it names a thread.</summary>
    private static readonly (string Way, string Right, uint Signal, bool Thread)[] s_ways =
    [
        ("signal-0", "query", 0, false), ("signal-stop", "suspend", 19, false), ("signal-cont", "resume", 18, false),
        ("signal-usr1", "signal", 10, false), ("signal-urg", "signal", 23, false), ("thread-usr1", "signal", 10, true),
        ("read", "read-memory", 0, false), ("write", "write-memory", 0, false), ("descriptor", "duplicate-descriptor", 0, false),
        ("priority", "set-scheduling", 0, false), ("affinity", "set-scheduling", 0, false), ("limit", "set-limits", 0, false),
        ("group", "query", 0, false), ("compare", "query", 0, false), ("oom", "oom-adjust", 0, false),
    ];

    private static readonly ulong[] s_namespaces = [0, 0, 0x4000000, 0x8000000, 0x2000000, 0x80, 0xc000000];

    private Companion Talk => seat.Companion;

    public void Run()
    {
        // A seat ran before the policy: its hash may be known or not, and what depends on that is no case.
        var seated = world.Driver.AsProcess(verdicts.Image, seat.Who, world.AllCapabilities) with { Ancestors = [new ProgramFacts { Path = "/usr/bin/dotnet" }] };
        for (var i = 0; i < Starts; i++)
        {
            OracleFile[] chain = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => world.Programs[random.Next(world.Programs.Count)])];
            if (Start(seated, chain) is { } driver)
            {
                Act(driver);
                return;
            }
        }
    }

    /// <summary>The driver, or null if there is none.</summary>
    private ProcessFacts? Start(ProcessFacts seated, OracleFile[] chain)
    {
        ProcessFacts[] variants = [seated, seated with { Sha256 = null }];
        var answer = Talk.Ask($"start {string.Join(' ', chain.Select(static f => f.Path))}").Split(' ');
        var started = string.Equals(answer[0], "driver", StringComparison.Ordinal);
        var ended = string.Equals(answer[0], OracleVerdicts.NoChild, StringComparison.Ordinal) || started ? "" : End(answer);
        var actual = started ? OracleVerdicts.Granted : ended.Length > 0 ? ended : answer[0];
        tally.Compare($"seat {seat.Who}: start {string.Join(' ', chain.Select(static f => f.Path))}", actual, [.. variants.Select(v => Expected(v, chain))], verdicts);
        if (!started)
            return null;

        var driver = OracleVerdicts.Child(seated);
        foreach (var file in chain)
            driver = verdicts.After(driver, file);
        world.Drivers[int.Parse(answer[1], CultureInfo.InvariantCulture)] = driver;
        return driver;
    }

    private void Act(ProcessFacts driver)
    {
        for (var i = 0; i < Operations; i++)
            Operate(driver);
        var last = Talk.Ask("quit");
        if (!string.Equals(last, "ended 0", StringComparison.Ordinal))
            throw new InvalidOperationException($"the driver did not end well: {last}");
    }

    /// <summary>What follows if no driver came: "refused" and "ended 1", or "ended killed" alone.</summary>
    private string End(string[] answer)
    {
        if (string.Equals(answer[0], "ended", StringComparison.Ordinal))
            return string.Equals(answer[1], "killed", StringComparison.Ordinal) ? OracleVerdicts.Killed : string.Join(' ', answer);
        Talk.Read();
        return answer[0];
    }

    private string Expected(ProcessFacts seated, OracleFile[] chain)
    {
        if (verdicts.Create(GateOperation.ProcessCreate, seated, 0) is not OracleVerdicts.Granted)
            return OracleVerdicts.NoChild;
        var process = OracleVerdicts.Child(seated);
        for (var i = 0; i < chain.Length; i++)
        {
            var word = verdicts.Exec(process, chain[i], [chain[i].Path, "via", .. chain[(i + 1)..].Select(static f => f.Path)], []);
            if (word is not OracleVerdicts.Granted)
                return word;
            process = verdicts.After(process, chain[i]);
        }
        return OracleVerdicts.Granted;
    }

    private void Operate(ProcessFacts driver)
    {
        switch (random.Next(14))
        {
            case < 4:
                Open(driver);
                break;
            case < 7:
                Exec(driver);
                break;
            case < 11:
                Load(driver);
                break;
            case 11:
                var namespaces = s_namespaces[random.Next(s_namespaces.Length)];
                Check(driver, $"fork {namespaces:x}", verdicts.Create(GateOperation.ProcessCreate, driver, VforkFlag, namespaces));
                break;
            case 12:
                Check(driver, "thread", verdicts.Create(GateOperation.ThreadCreate, driver, ThreadFlags));
                break;
            default:
                Credentials(driver);
                break;
        }
    }

    private void Open(ProcessFacts driver)
    {
        var (way, right, signal, thread) = s_ways[random.Next(s_ways.Length)];
        var request = new RequestFacts { Right = right, Signal = signal };
        // A handler is needed for USR1 to be more than an end, and only the victims have one and a second thread.
        if (random.Next(5) == 0 && signal != 10)
        {
            var answer = Talk.Ask("child").Split(' ');
            var mayFork = verdicts.Create(GateOperation.ProcessCreate, driver, 0) is OracleVerdicts.Granted;
            tally.Compare(Describe(driver, "child"), answer[0], [mayFork ? "child" : OracleVerdicts.NoChild], verdicts);
            if (string.Equals(answer[0], "child", StringComparison.Ordinal))
                Check(driver, $"open {way} {answer[1]}", verdicts.Open(driver, driver, request with { Child = true }, thread: false));
            return;
        }
        var victim = world.Victims[random.Next(world.Victims.Count)];
        var target = victim.Program.AsProcess(verdicts.Image, victim.Who, world.AllCapabilities);
        // It ran before the policy came, as a seat did.
        ProcessFacts[] variants = [target, target with { Sha256 = null }];
        Check(
            driver,
            $"open {way} {(thread ? victim.Companion.Tid : victim.Companion.Pid)}",
            [.. variants.Select(v => verdicts.Open(driver, v, request, thread))],
            $"target {victim.Program.Path} as {victim.Who}");
    }

    private void Exec(ProcessFacts driver)
    {
        var file = random.Next(5) == 0 ? world.Scripts[random.Next(world.Scripts.Count)] : world.Programs[random.Next(world.Programs.Count)];
        string[] extra = [.. Enumerable.Range(0, random.Next(3)).Select(_ => OracleConditions.Arguments[random.Next(OracleConditions.Arguments.Length)])];
        var variable = random.Next(2) == 0 ? "-" : OracleConditions.Variables[random.Next(OracleConditions.Variables.Length)];
        // The kernel puts a script's interpreter, its one argument and the script's path in front.
        string[] arguments = file.Interpreter is { } interpreter
            ? [interpreter.Path, "end", file.Path, "end", .. extra]
            : [file.Path, "end", .. extra];
        var expected = verdicts.Create(GateOperation.ProcessCreate, driver, Vfork) is OracleVerdicts.Granted
            ? verdicts.Exec(OracleVerdicts.Child(driver), file, arguments, variable is "-" ? [] : [variable])
            : OracleVerdicts.NoChild;
        Check(driver, $"exec {file.Path} {variable} {string.Join(' ', ["end", .. extra])}", expected);
    }

    private void Credentials(ProcessFacts driver)
    {
        var change = new[] { "uid", "gid", "groups", "capabilities" }[random.Next(4)];
        var id = (uint)(4000 + random.Next(2));
        var request = new RequestFacts
        {
            Change = change,
            NewUid = change is "uid" ? id : driver.EffectiveUid,
            NewGid = change is "gid" ? id : driver.EffectiveGid,
            Gained = change is "capabilities" ? 1ul << (int)Capability.Lease : 0,
        };
        var expected = verdicts.Create(GateOperation.ProcessCreate, driver, Vfork) is not OracleVerdicts.Granted
            ? OracleVerdicts.NoChild
            : verdicts.Decide(GateOperation.ProcessCredentials, OracleVerdicts.Child(driver), request) == Outcome.Allow
                ? OracleVerdicts.Granted
                : OracleVerdicts.Refused;
        Check(driver, string.Create(CultureInfo.InvariantCulture, $"credentials {change} {id}"), expected);
    }

    private void Check(ProcessFacts driver, string command, string expected) => Check(driver, command, [expected], "");

    private void Check(ProcessFacts driver, string command, string[] expected, string more) =>
        tally.Compare($"{Describe(driver, command)} {more}", Talk.Ask(command).Split(' ')[0], expected, verdicts);

    private string Describe(ProcessFacts driver, string command) =>
        $"{driver.Path} as {seat.Who}, ancestors {string.Join(' ', driver.Ancestors.Select(static a => a.Path))}: {command}";
}
