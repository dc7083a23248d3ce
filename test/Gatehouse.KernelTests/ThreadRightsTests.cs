using System.Collections.Immutable;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Each right over a thread that is not the first of its process, by thread.open alone: the way is refused on that thread, and goes
/// on for the process, for other processes' threads, and if every other right is denied.
/// </summary>
[Collection(WithAgent.Name)]
public sealed class ThreadRightsTests(ThreadRightsTests.Table table) : IClassFixture<ThreadRightsTests.Table>
{
    /// <summary>Ways of attacks/right_attempt that can name a thread. Groups of processes cannot: kill-group and freeze have none.</summary>
    public static TheoryData<string> Ways =>
    [
        "tgkill-0", "kcmp", "link-exe", "link-ns", "sched-getaffinity",
        "vm-readv", "thread-mem-read", "vm-writev", "thread-mem-write",
        "ptrace-attach", "ptrace-seize", "pidfd-thread-getfd",
        "tgkill-kill", "tkill-kill", "tgsigqueue-kill", "pidfd-thread-kill", "tgkill-stop", "tkill-cont",
        "tgkill-usr1", "tkill-usr1", "tgsigqueue-usr1", "pidfd-thread-usr1",
        "setpriority", "sched-setscheduler", "sched-setattr", "sched-setaffinity", "ioprio-set",
        "prlimit-set", "migrate-pages", "move-pages", "thread-oom-score-adj",
    ];

    [Theory, MemberData(nameof(Ways))]
    public void Way_to_a_thread_is_refused_by_each_of_its_rights_and_by_no_other(string name)
    {
        Assert.SkipWhen(table.Unprotected[name].Unsupported, $"this kernel does not have {name}");
        table.Unprotected[name].Granted.ShouldBeTrue($"without a rule: {table.Unprotected[name]}");
        foreach (var right in OpenWays.Find(name).Rights)
        {
            table.OnThread[(name, right)].Refused.ShouldBeTrue($"{right} is denied: {table.OnThread[(name, right)]}");
            table.OnProcess[(name, right)].Granted.ShouldBeTrue($"the first thread is the process: {table.OnProcess[(name, right)]}");
            table.OnNeighbour[(name, right)].Granted.ShouldBeTrue($"a thread of another process: {table.OnNeighbour[(name, right)]}");
            table.Events.ShouldContainKey((name, right));
            var decision = table.Events[(name, right)];
            decision.Operation.ShouldBe("thread.open");
            decision.Object.Target!.Tid.ShouldNotBe(decision.Object.Target.Pid);
        }
        table.OthersDenied[name].Granted.ShouldBeTrue($"every other right is denied: {table.OthersDenied[name]}");
    }

    /// <summary>All attempts, a policy a right, because loading is what takes time.</summary>
    public sealed class Table(GuestAgent agent) : IAsyncLifetime
    {
        private readonly Volume _volume = Volume.Create("tmpfs");
        private string _attacker = "";
        private string _victim = "";
        private string _neighbour = "";

        internal Dictionary<string, Answer> Unprotected { get; } = new(StringComparer.Ordinal);

        internal Dictionary<(string Way, string Right), Answer> OnThread { get; } = [];

        internal Dictionary<(string Way, string Right), Answer> OnProcess { get; } = [];

        internal Dictionary<(string Way, string Right), Answer> OnNeighbour { get; } = [];

        internal Dictionary<(string Way, string Right), DecisionRecord> Events { get; } = [];

        internal Dictionary<string, Answer> OthersDenied { get; } = new(StringComparer.Ordinal);

        public async ValueTask InitializeAsync()
        {
            _attacker = _volume.Add(InGuest.Attack("right_attempt"), "attacker");
            _victim = _volume.Add(InGuest.Attack("right_attempt"), "victim");
            _neighbour = _volume.Add(InGuest.Attack("right_attempt"), "neighbour");
            await agent.EnsureAsync(Rules.Neutral);
            var ways = Ways.Select(static row => OpenWays.Find(row.Data)).ToImmutableArray();
            foreach (var way in ways)
                Unprotected[way.Name] = Attempt(way.Name, _victim).Answer;
            foreach (var right in OpenWays.Rights)
            {
                var users = ways.Where(w => w.Rights.Contains(right, StringComparer.Ordinal) && Unprotected[w.Name].Granted).ToList();
                if (users.Count > 0)
                    await DenyAsync(right, users);
            }
            foreach (var group in ways.GroupBy(static w => string.Join('+', w.Rights), StringComparer.Ordinal))
            {
                await agent.EnsureAsync(Deny(OpenWays.Rights.Except(group.First().Rights, StringComparer.Ordinal)));
                foreach (var way in group)
                    OthersDenied[way.Name] = Attempt(way.Name, _victim).Answer;
            }
            await agent.EnsureAsync(Rules.Neutral);
        }

        public ValueTask DisposeAsync()
        {
            _volume.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task DenyAsync(string right, List<OpenWay> ways)
        {
            await agent.EnsureAsync(Deny([right]));
            var cursor = await agent.CursorAsync();
            var threads = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var way in ways)
            {
                (OnThread[(way.Name, right)], threads[way.Name]) = Attempt(way.Name, _victim);
                OnProcess[(way.Name, right)] = Attempt(way.Name, _victim, first: true).Answer;
                OnNeighbour[(way.Name, right)] = Attempt(way.Name, _neighbour).Answer;
            }
            // Of each that was refused: the others fail without waiting for what will not come.
            foreach (var way in ways.Where(w => OnThread[(w.Name, right)].Refused))
            {
                Events[(way.Name, right)] = await agent.DecisionAsync(
                    cursor, d => d.Verdict == Verdict.Deny && d.Object.Target?.Tid == threads[way.Name]);
            }
        }

        /// <summary>On the second thread of a fresh process, or on the first.</summary>
        private (Answer Answer, int Tid) Attempt(string way, string target, bool first = false)
        {
            using var process = Companion.Ready(target, "--threads");
            return (Answer.Of(_attacker, way, $"{(first ? process.Pid : process.Tid)}"), process.Tid);
        }

        private string Deny(IEnumerable<string> rights)
        {
            var list = string.Join(", ", rights.Select(static r => $"\"{r}\""));
            return Rules.Deny(
                "no-right", "thread.open", $"open.right in [{list}] && process.file == \"{_attacker}\" && target.file == \"{_victim}\"");
        }
    }
}
