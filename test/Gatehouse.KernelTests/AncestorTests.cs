using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>An ancestor is an earlier program of the process or of one it descends from, dead or alive.</summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class AncestorTests(GuestAgent agent) : IDisposable
{
    private const int Chain = 40;
    private const int ShellCannotExecute = 126;

    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Ancestor => field ??= _volume.Add(InGuest.Attack("lineage"), "ancestor");
    private string Stranger => field ??= _volume.Add(InGuest.Attack("lineage"), "stranger");
    private string Between => field ??= _volume.Add(InGuest.Attack("lineage"), "between");
    private string Program => field ??= _volume.Add(InGuest.Attack("payload-static"), "program");

    public static TheoryData<string> Shapes => ["exec", "child", "grandchild", "orphan", "adopted", "daemon", "again", "vfork", "thread", "failed"];

    public void Dispose() => _volume.Dispose();

    [Theory, MemberData(nameof(Shapes))]
    public async Task Descendant_of_the_named_program_is_refused_in_every_shape(string shape)
    {
        // The ancestor becomes, or starts as a descendant of this shape, another program, and that one tries.
        string[] line = [shape, Between, "exec", Program];
        await agent.EnsureAsync(Rules.Neutral);
        Ran(Ancestor, line).ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(DenyBelow(Ancestor));
        Ran(Ancestor, line).ShouldBeFalse();
        Ran(Stranger, line).ShouldBeTrue("of another program");
        Ran(Between, ["exec", Program]).ShouldBeTrue("without the ancestor");
        await agent.EnsureAsync(Rules.Neutral);
        Ran(Ancestor, line).ShouldBeTrue("works again");
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task Descendant_cannot_shake_its_ancestor_off(string shape)
    {
        // The shape is the descendant's own: it re-executes itself, forks twice, outlives its parents.
        string[] line = ["exec", Between, shape, Between, "exec", Program];
        await agent.EnsureAsync(Rules.Neutral);
        Ran(Ancestor, line).ShouldBeTrue("works without a rule");
        await agent.EnsureAsync(DenyBelow(Ancestor));
        Ran(Ancestor, line).ShouldBeFalse();
        Ran(Stranger, line).ShouldBeTrue("of another program");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Forty_programs_in_between_do_not_hide_the_first_one_nor_any_other()
    {
        string[] chain = [.. Enumerable.Range(0, Chain).Select(i => _volume.Add(InGuest.Attack("lineage"), $"link-{i}"))];
        string[] line = ["through", $"{Chain}", .. chain, Program];
        await agent.EnsureAsync(Rules.Neutral);
        Ran(Ancestor, line).ShouldBeTrue("works without a rule");
        foreach (var ancestor in new[] { Ancestor, chain[0], chain[Chain / 2], chain[Chain - 2] })
        {
            await agent.EnsureAsync(DenyBelow(ancestor));
            Ran(Ancestor, line).ShouldBeFalse(ancestor);
        }
        await agent.EnsureAsync(DenyBelow(Stranger));
        Ran(Ancestor, line).ShouldBeTrue("of another program");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Program_is_not_its_own_ancestor()
    {
        await agent.EnsureAsync(DenyBelow(Ancestor));
        Ran(Ancestor, ["exec", Program]).ShouldBeTrue("it is process.file and no ancestor");
        Ran(Ancestor, ["again", Program]).ShouldBeFalse("after executing itself it is both");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("process.executable == \"{0}\"")]
    [InlineData("process.executable.startsWith(\"{0}\")")]
    [InlineData("process.executable.endsWith(\"/ancestor\")")]
    [InlineData("process.sha256 == \"{1}\"")]
    public async Task Ancestor_is_known_by_path_and_by_content(string test)
    {
        await File.AppendAllTextAsync(Ancestor, "other content");
        var condition = string.Format(System.Globalization.CultureInfo.InvariantCulture, test, Ancestor, Volume.Sha256Of(Ancestor));
        await agent.EnsureAsync(Rules.Neutral);
        Ran(Ancestor, ["child", Between, "exec", Program]).ShouldBeTrue("works without a rule");
        await agent.EnsureAsync(Rules.Deny("below", "process.exec", $"ancestor({condition}) && image.file == \"{Program}\""));
        Ran(Ancestor, ["child", Between, "exec", Program]).ShouldBeFalse();
        Ran(Stranger, ["child", Between, "exec", Program]).ShouldBeTrue("of another program");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Ancestor_with_two_names_is_known_by_each_of_them()
    {
        var second = Path.Combine(_volume.Folder, "second-name");
        InGuest.Prepare($"ln {Ancestor} {second}");
        await agent.EnsureAsync(
            Rules.Audit("first", "process.exec", $"ancestor(process.file in [\"{Ancestor}\", \"{Program}\"])")
            + Rules.Deny("second", "process.exec", $"ancestor(process.file in [\"{second}\", \"{Stranger}\"]) && image.file == \"{Program}\""));
        foreach (var name in new[] { Ancestor, second, Stranger })
            Ran(name, ["child", Between, "exec", Program]).ShouldBeFalse(name);
        Ran(Between, ["child", Between, "exec", Program]).ShouldBeTrue("another program");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("child")]
    [InlineData("grandchild")]
    public async Task Descendant_that_ran_before_the_policy_is_refused(string shape)
    {
        // Its parent, which runs the ancestor, lives: what the process itself ran earlier nobody can know any more.
        var line = $"read line; exec {Program}";
        await agent.EnsureAsync(Rules.Neutral);
        using var descendant = Companion.Start(Ancestor, shape, "/bin/sh", "-c", line);
        using var stranger = Companion.Start(Stranger, shape, "/bin/sh", "-c", line);
        await WaitForShellBelow(descendant.Pid);
        await WaitForShellBelow(stranger.Pid);

        await agent.EnsureAsync(DenyBelow(Ancestor));
        descendant.Write("go");
        descendant.End().ShouldBe(ShellCannotExecute);
        stranger.Write("go");
        stranger.Read().ShouldBe("payload ran");
        stranger.End().ShouldBe(0);
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Ancestor_decides_about_reaching_for_processes_too()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        string[] attempt = ["child", InGuest.Attack("subject"), "plain", $"{victim.Pid}"];
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Ancestor, attempt).Granted.ShouldBeTrue("works without a rule");
        await agent.EnsureAsync(Rules.Deny("below", "process.open", $"ancestor(process.file == \"{Ancestor}\") && open.right == \"signal\""));
        Answer.Of(Ancestor, attempt).Refused.ShouldBeTrue();
        Answer.Of(Stranger, attempt).Granted.ShouldBeTrue("of another program");
        await agent.EnsureAsync(Rules.Neutral);
    }

    private string DenyBelow(string ancestor) =>
        Rules.Deny("below", "process.exec", $"ancestor(process.file == \"{ancestor}\") && image.file == \"{Program}\"");

    /// <summary>Whether the program ran; false only if the exec was refused.</summary>
    private static bool Ran(string first, string[] line)
    {
        var outcome = InGuest.Run(first, line);
        var ran = outcome.Output.Contains("payload ran", StringComparison.Ordinal);
        ran.ShouldNotBe(outcome.Output.Contains("refused EPERM", StringComparison.Ordinal), outcome.ToString());
        return ran;
    }

    /// <summary>Until a child, or a child of a child, has become the shell.</summary>
    private static Task WaitForShellBelow(int pid) => Eventually.Become(
        () => Task.FromResult(InGuest.Shell($"""
            shell=$(readlink -f /bin/sh)
            for child in $(cat /proc/{pid}/task/{pid}/children); do
                for each in $child $(cat /proc/$child/task/$child/children); do
                    [ "$(readlink /proc/$each/exe)" = "$shell" ] && exit 0
                done
            done
            exit 1
            """).Ran),
        TimeSpan.FromSeconds(30),
        static () => "no shell");
}
