using System.Collections.Concurrent;
using System.Diagnostics;
using Gatehouse.KernelTests.Guest;
using Gatehouse.Sdk.Questions;
using Shouldly;
using Answer = Gatehouse.Sdk.Questions.Answer;

namespace Gatehouse.KernelTests;

/// <summary>
/// A client's own code decides, in this process. fanotify asks and the hooks decide, so whatever fails ends in the rule's onMiss.
/// </summary>
[Trait("speed", "slow")]
public sealed class QuestionTests(QuestionTests.AskingAgent agent) : IClassFixture<QuestionTests.AskingAgent>
{
    private static string Asking(string folder, string client, string onMiss = "deny") => $$"""
        apiVersion: gatehouse/v1
        metadata: {name: {{client}}, client: {{client}}}
        rules:
          - name: ask-{{client}}
            on: [process.exec, image.load]
            when: image.path.startsWith("{{folder}}/")
            action: ask
            onMiss: {{onMiss}}
        """;

    /// <summary>What the handler throws is no answer.</summary>
    private static async ValueTask<Answer> NeverAsync(Question question, CancellationToken deadline)
    {
        await Task.Delay(Timeout.Infinite, deadline);
        return Answer.Allow;
    }

    private static bool Is(string path, string other) => string.Equals(path, other, StringComparison.Ordinal);

    private Task<ulong> ApplyAsync(params (string Client, string Text)[] policies) =>
        agent.ApplyAsync([.. policies.Select(static p => new PolicyFile(p.Client + ".yaml", p.Text))]);

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public async Task Answer_decides_every_way_of_loading_and_is_asked_for_once(string kind)
    {
        using var volume = Volume.Create(kind);
        var good = volume.Add(InGuest.Attack("payload"), "good");
        var bad = volume.Add("/bin/true", "bad");
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")));
        InGuest.Run(good).Refused.ShouldBeTrue("nobody answers: onMiss");
        await using var client = await Client.ConnectAsync(agent, "acme", q => Is(q.File.Path, bad) ? Answer.Deny : Answer.Allow);

        foreach (var (file, runs) in new[] { (good, true), (bad, false) })
        {
            InGuest.Run(file).Ran.ShouldBe(runs, file);
            InGuest.Run("/lib64/ld-linux-x86-64.so.2", file).Ran.ShouldBe(runs, "by ld.so: " + file);
            InGuest.Run(InGuest.Attack("mapexec"), file).Ran.ShouldBe(runs, "mapped: " + file);
            InGuest.Run(InGuest.Attack("mprotectexec"), file).Ran.ShouldBe(runs, "made executable: " + file);
            InGuest.Shell($"cat {file}").Ran.ShouldBeTrue("reading is nobody's business");
            client.CountOf(file).ShouldBe(1, file);
        }

        var cursor = await agent.CursorAsync();
        InGuest.Run(bad).Refused.ShouldBeTrue();
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Rule.ShouldBe("ask-acme");
    }

    /// <summary>An execution is asked about by its own event; a library only when it is opened, and the agent looks at the file then.</summary>
    [Fact]
    public async Task File_that_is_mapped_before_anybody_executes_it_has_its_answer()
    {
        using var volume = Volume.Create("tmpfs");
        var (good, bad) = (volume.Add(InGuest.Attack("payload"), "good"), volume.Add("/bin/true", "bad"));
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")));
        InGuest.Run(InGuest.Attack("mapexec"), good).Ran.ShouldBeFalse("nobody answers: onMiss");
        await using var client = await Client.ConnectAsync(agent, "acme", q => Is(q.File.Path, bad) ? Answer.Deny : Answer.Allow);
        InGuest.Run(InGuest.Attack("mapexec"), good).Ran.ShouldBeTrue();
        InGuest.Run(InGuest.Attack("mapexec"), bad).Ran.ShouldBeFalse();
        client.CountOf(good).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_written_is_asked_about_again()
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add(InGuest.Attack("payload"), "changing");
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")));
        var answer = Answer.Allow;
        await using var client = await Client.ConnectAsync(agent, "acme", q => Is(q.File.Path, file) ? answer : Answer.Allow);
        InGuest.Run(file).Ran.ShouldBeTrue();

        answer = Answer.Deny;
        InGuest.Run(file).Ran.ShouldBeTrue($"the same content: nobody is asked; asked: {string.Join(' ', client.Asked)}");
        InGuest.Prepare($"printf x >> {file}");
        InGuest.Run(file).Refused.ShouldBeTrue("another content");
        client.CountOf(file).ShouldBe(2);
    }

    [Theory, Trait("kind", "chaos")]
    [InlineData("deny", false)]
    [InlineData("allow", true)]
    public async Task Missed_deadline_ends_in_on_miss_and_nobody_else_waits(string onMiss, bool runs)
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add(InGuest.Attack("payload"), "slow");
        await ApplyAsync(("acme", Asking(volume.Folder, "acme", onMiss)));
        await using var client = await Client.ConnectAsync(
            agent, "acme", NeverAsync,
            question => Is(question.File.Path, file), TimeSpan.FromSeconds(2));
        var clock = Stopwatch.StartNew();
        var run = Task.Run(() => InGuest.Run(file));
        await Task.Delay(200);
        InGuest.Shell($"cat {volume.Folder}/../../../etc/hostname; cat /proc/version").Output.ShouldContain("Linux", Case.Insensitive);
        (await run).Ran.ShouldBe(runs);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact, Trait("kind", "chaos")]
    public async Task Client_that_dies_in_the_middle_of_a_question_ends_in_on_miss()
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add(InGuest.Attack("payload"), "orphan");
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")));
        var client = await Client.ConnectAsync(
            agent, "acme", NeverAsync,
            question => Is(question.File.Path, file), TimeSpan.FromSeconds(30));
        var run = Task.Run(() => InGuest.Run(file));
        await Eventually.Become(() => Task.FromResult(client.CountOf(file) > 0), TimeSpan.FromSeconds(30), () => "nobody is asked");
        await client.DisposeAsync();
        (await run.WaitAsync(TimeSpan.FromSeconds(20))).Refused.ShouldBeTrue();
    }

    /// <summary>A client that is a program of its own, ended or stopped when it has read the question.</summary>
    [Theory, Trait("kind", "chaos")]
    [InlineData("SIGKILL", 9, 60)]
    [InlineData("SIGSTOP", 19, 4)]
    public async Task Client_that_is_killed_or_stopped_in_the_middle_of_a_question_ends_in_on_miss(string name, int signal, int seconds)
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add(InGuest.Attack("payload"), "file");
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")));
        using var client = Companion.Ready(InGuest.Attack("deafclient"), "acme", $"{seconds}000", $"{signal}");
        var run = Task.Run(() => InGuest.Run(file));
        client.Read().ShouldBe("asked");
        (await run.WaitAsync(TimeSpan.FromSeconds(20))).Refused.ShouldBeTrue($"onMiss, after {name}");
        InGuest.Shell("cat /proc/version").Ran.ShouldBeTrue("the host goes on");
    }

    [Fact, Trait("kind", "chaos")]
    public async Task Agent_that_is_killed_in_the_middle_of_a_question_ends_in_on_miss()
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add(InGuest.Attack("payload"), "file");
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")));
        using (var client = Companion.Ready(InGuest.Attack("deafclient"), "acme", "60000", "0"))
        {
            var run = Task.Run(() => InGuest.Run(file));
            client.Read().ShouldBe("asked");
            agent.Kill();
            (await run.WaitAsync(TimeSpan.FromSeconds(20))).Refused.ShouldBeTrue("onMiss");
            InGuest.Shell("cat /proc/version").Ran.ShouldBeTrue("the host goes on");
        }
        await agent.StartAsync();
        InGuest.Run(file).Refused.ShouldBeTrue("the next agent's policies are the same, and nobody answers");
    }

    [Fact]
    public async Task Of_two_clients_the_more_restrictive_wins()
    {
        using var volume = Volume.Create("tmpfs");
        var (both, one) = (volume.Add(InGuest.Attack("payload"), "both"), volume.Add("/bin/true", "one"));
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")), ("zeta", Asking(volume.Folder, "zeta")));
        await using var acme = await Client.ConnectAsync(agent, "acme", static _ => Answer.Allow);
        await using var zeta = await Client.ConnectAsync(agent, "zeta", q => Is(q.File.Path, one) ? Answer.Deny : Answer.Allow);
        InGuest.Run(both).Ran.ShouldBeTrue();
        InGuest.Run(one).Refused.ShouldBeTrue();
    }

    [Fact, Trait("kind", "chaos")]
    public async Task Stopped_agent_is_ended_and_openers_go_on_with_what_is_known()
    {
        using var volume = Volume.Create("tmpfs");
        var (known, unknown) = (volume.Add(InGuest.Attack("payload"), "known"), volume.Add("/bin/true", "unknown"));
        await ApplyAsync(("acme", Asking(volume.Folder, "acme")));
        await using (var client = await Client.ConnectAsync(agent, "acme", static _ => Answer.Allow))
        {
            InGuest.Run(known).Ran.ShouldBeTrue();
            agent.Stop();
            var run = await Task.Run(() => InGuest.Run(unknown)).WaitAsync(TimeSpan.FromSeconds(50));
            run.Refused.ShouldBeTrue("nobody answered: onMiss");
            InGuest.Run(known).Ran.ShouldBeTrue("what was answered is known");
        }

        await agent.StartAsync();
        (await agent.Client.GetStatusAsync()).Enforcement.TookOver.ShouldBeTrue();
    }

    /// <summary>An agent whose watchdog knows that an emulated processor is slow.</summary>
    public sealed class AskingAgent : GuestAgent
    {
        public AskingAgent() => Options = ["--report", "matched", "--question-watchdog", "10"];
    }

    private sealed class Client : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ControlClient _control = new();
        private Task _answering = Task.CompletedTask;

        /// <summary>The paths that were asked about.</summary>
        public ConcurrentBag<string> Asked { get; } = [];

        /// <summary>How often a file was asked about.</summary>
        public int CountOf(string file) => Asked.Count(path => Is(path, file));

        public static Task<Client> ConnectAsync(GuestAgent agent, string name, Func<Question, Answer> decide) =>
            ConnectAsync(agent, name, (question, _) => ValueTask.FromResult(decide(question)), static _ => true, TimeSpan.FromSeconds(20));

        public static async Task<Client> ConnectAsync(
            GuestAgent agent, string name, Func<Question, CancellationToken, ValueTask<Answer>> decide, Func<Question, bool> isDecided, TimeSpan deadline)
        {
            var client = new Client();
            var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var options = new QuestionOptions { Client = name, Deadline = deadline, Connected = _ => connected.TrySetResult() };
            client._answering = client._control.AnswerAsync(
                options,
                (question, token) =>
                {
                    client.Asked.Add(question.File.Path);
                    return isDecided(question) ? decide(question, token) : ValueTask.FromResult(Answer.Allow);
                },
                client._stop.Token);
            await Task.WhenAny(connected.Task, client._answering).WaitAsync(TimeSpan.FromSeconds(60));
            connected.Task.IsCompleted.ShouldBeTrue($"{name} is not connected; the agent:\n{agent.Log}");
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            try
            {
                await _answering;
            }
            catch (Exception end) when (end is OperationCanceledException or AgentUnreachableException or ControlProtocolException)
            {
                // It was asked to end, or the agent had ended.
            }
            _control.Dispose();
            _stop.Dispose();
        }
    }
}
