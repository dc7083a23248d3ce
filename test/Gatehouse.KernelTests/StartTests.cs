using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Processes that ran before any program of Gatehouse was attached: nothing saw them start, so all that is known of them was read from
/// them when the agent came. See <see cref="RunningProcessTests"/> for those that ran before a policy only.
/// </summary>
public sealed class StartTests(StartTests.Before before) : IClassFixture<StartTests.Before>
{
    private static string Subject => InGuest.Attack("subject");

    [Fact]
    public async Task Daemon_of_before_is_a_target_by_file_and_by_prefix()
    {
        foreach (var condition in new[] { $"target.file == \"{before.Named}\"", $"target.executable.startsWith(\"{before.Folder}/named\")" })
        {
            await before.Agent.EnsureAsync(Rules.Deny("closed", "process.open", $"{condition} && open.right == \"signal\""));
            Answer.Of(Subject, "plain", $"{before.Daemon.Pid}").Refused.ShouldBeTrue(condition);
            Answer.Of(Subject, "plain", $"{before.Orphan.Pid}").Refused.ShouldBeTrue($"a grandchild whose parent has died: {condition}");
            Answer.Of(Subject, "plain", $"{before.Neighbour.Pid}").Granted.ShouldBeTrue($"another program of before: {condition}");
        }
        await before.Agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Subject, "plain", $"{before.Daemon.Pid}").Granted.ShouldBeTrue("works again");
    }

    [Fact]
    public async Task Second_thread_of_before_belongs_to_its_process()
    {
        var attacker = InGuest.Attack("right_attempt");
        await before.Agent.EnsureAsync(Rules.Deny("no-thread", "thread.open", $"target.file == \"{before.Named}\""));
        Answer.Of(attacker, "sched-setaffinity", $"{before.Daemon.Tid}").Refused.ShouldBeTrue();
        Answer.Of(attacker, "sched-setaffinity", $"{before.Daemon.Pid}").Granted.ShouldBeTrue("the first thread is the process");
        Answer.Of(attacker, "sched-setaffinity", $"{before.Neighbour.Tid}").Granted.ShouldBeTrue("a thread of another process");
        await before.Agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Daemon_of_before_is_a_subject_by_file_and_by_prefix()
    {
        foreach (var condition in new[] { $"process.file == \"{before.Actor}\"", $"process.executable.startsWith(\"{before.Folder}/actor\")" })
        {
            await before.Agent.EnsureAsync(Rules.Deny("no-reach", "process.open", condition));
            before.ActingDaemon.Attempt().Refused.ShouldBeTrue(condition);
            before.ActingNeighbour.Attempt().Granted.ShouldBeTrue($"another program of before: {condition}");
        }
        await before.Agent.EnsureAsync(Rules.Neutral);
        before.ActingDaemon.Attempt().Granted.ShouldBeTrue("works again");
    }

    [Fact]
    public async Task Ancestors_of_before_are_those_that_live()
    {
        await before.Agent.EnsureAsync(
            Rules.Deny("below", "process.open", $"ancestor(process.file == \"{before.Ancestor}\") && process.file == \"{before.Child}\""));
        before.ChildOfLiving.Attempt().Refused.ShouldBeTrue("its parent runs the ancestor");
        before.GrandchildOfLiving.Attempt().Refused.ShouldBeTrue("its parent's parent does");
        before.Adopted.Attempt().Refused.ShouldBeTrue("its parent has died and it was given to its parent's parent, which runs the ancestor");
        before.ChildOfStranger.Attempt().Granted.ShouldBeTrue("of another program");
        // Nobody can know it any more: limitations.md. Should it be refused one day, that page must say so.
        before.OrphanOfDead.Attempt().Granted.ShouldBeTrue("everybody who ran the ancestor has ended");
        await before.Agent.EnsureAsync(Rules.Neutral);
        before.ChildOfLiving.Attempt().Granted.ShouldBeTrue("works again");
    }

    /// <summary>The processes, started and tried without any Gatehouse, and then an agent whose first policy is about them.</summary>
    public sealed class Before : IAsyncLifetime
    {
        private readonly Volume _volume = Volume.Create("ext4");
        private readonly List<Companion> _started = [];

        internal string Folder => _volume.Folder;

        internal string Named { get; private set; } = "";

        internal string Actor { get; private set; } = "";

        internal string Child { get; private set; } = "";

        internal string Ancestor { get; private set; } = "";

        internal Companion Daemon { get; private set; } = null!;

        internal Companion Orphan { get; private set; } = null!;

        internal Companion Neighbour { get; private set; } = null!;

        internal Companion ActingDaemon { get; private set; } = null!;

        internal Companion ActingNeighbour { get; private set; } = null!;

        internal Companion ChildOfLiving { get; private set; } = null!;

        internal Companion GrandchildOfLiving { get; private set; } = null!;

        internal Companion Adopted { get; private set; } = null!;

        internal Companion ChildOfStranger { get; private set; } = null!;

        internal Companion OrphanOfDead { get; private set; } = null!;

        public GuestAgent Agent { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            GuestAgent.Detach();
            Directory.Exists("/sys/fs/bpf/gatehouse").ShouldBeFalse("nothing is attached");
            var lineage = InGuest.Attack("lineage");
            Named = _volume.Add(InGuest.Attack("victim"), "named");
            Actor = _volume.Add(InGuest.Attack("holder"), "actor");
            Child = _volume.Add(InGuest.Attack("holder"), "child");
            Ancestor = _volume.Add(lineage, "ancestor");
            var stranger = _volume.Add(lineage, "stranger");
            Daemon = Start(lineage, "daemon", Named);
            Orphan = Start(lineage, "orphan", Named);
            Neighbour = Start(lineage, "daemon", _volume.Add(Named, "other"));
            var victim = $"{Neighbour.Pid}";
            ActingDaemon = Start(lineage, "daemon", Actor, "signal", victim);
            ActingNeighbour = Start(lineage, "daemon", _volume.Add(Actor, "acting-other"), "signal", victim);
            ChildOfLiving = Start(Ancestor, "child", Child, "signal", victim);
            GrandchildOfLiving = Start(Ancestor, "grandchild", Child, "signal", victim);
            Adopted = Start(Ancestor, "adopted", Child, "signal", victim);
            ChildOfStranger = Start(stranger, "child", Child, "signal", victim);
            OrphanOfDead = Start(Ancestor, "orphan", Child, "signal", victim);
            foreach (var actor in new[] { ActingDaemon, ActingNeighbour, ChildOfLiving, GrandchildOfLiving, Adopted, ChildOfStranger, OrphanOfDead })
                actor.Attempt().Granted.ShouldBeTrue("works without Gatehouse");
            foreach (var target in new[] { Daemon, Orphan, Neighbour })
                Answer.Of(Subject, "plain", $"{target.Pid}").Granted.ShouldBeTrue("works without Gatehouse");

            // The very first generation is about them: it does not come to processes that an earlier one has labelled.
            var policy = Path.Combine(_volume.Folder, "first.yaml");
            await File.WriteAllTextAsync(policy, GuestAgent.Policy(Rules.Deny(
                "first",
                "process.open",
                $"target.file == \"{Named}\" && open.right == \"signal\" || ancestor(process.file == \"{Ancestor}\") && process.file == \"{Child}\"")));
            Agent = new GuestAgent { Options = ["--policy", policy] };
            await Agent.StartAsync();
            Answer.Of(Subject, "plain", $"{Daemon.Pid}").Refused.ShouldBeTrue("the first generation");
            Answer.Of(Subject, "plain", $"{Orphan.Pid}").Refused.ShouldBeTrue("the first generation");
            Answer.Of(Subject, "plain", $"{Neighbour.Pid}").Granted.ShouldBeTrue("the first generation");
            ChildOfLiving.Attempt().Refused.ShouldBeTrue("the first generation");
            Adopted.Attempt().Refused.ShouldBeTrue("the first generation");
            ChildOfStranger.Attempt().Granted.ShouldBeTrue("the first generation");
        }

        public async ValueTask DisposeAsync()
        {
            if (Agent is not null)
                await Agent.DisposeAsync();
            _started.ForEach(static companion => companion.Dispose());
            _volume.Dispose();
        }

        private Companion Start(string file, params string[] arguments)
        {
            var companion = Companion.Ready(file, arguments);
            _started.Add(companion);
            return companion;
        }
    }
}
