using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Conditions on arguments and environment are decided when the new program is in place and has not run: it is killed, and not
/// one instruction of it has run. Conditions on the kind refuse as others do.
/// </summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class ExecFactsTests(GuestAgent agent) : IDisposable
{
    private const int Killed = 128 + 9;

    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Marker => field ??= _volume.Add(InGuest.Attack("marker"), "marker");
    private string Mark => Path.Combine(_volume.Folder, "mark");

    /// <summary>A condition, arguments that meet it and arguments that do not.</summary>
    public static TheoryData<string, string, string> Conditions => new()
    {
        { "\"--secret\" in exec.arguments", "--secret", "--secre" },
        { "\"--secret\" in exec.arguments", "a b c --secret", "--secret-" },
        { "exec.arguments.exists(a, a.startsWith(\"--token=\"))", "x --token=abc", "x=--token=" },
        { "exec.arguments.exists(a, a.endsWith(\".key\"))", "/etc/ssl/host.key", ".key.pub" },
        { "exec.arguments.exists(a, a.matches(\"--*-key\"))", "--private-key", "private-key" },
        { "\"-e\" in exec.arguments && \"sh\" in exec.arguments", "-l -e sh", "-e -l" },
    };

    public void Dispose() => _volume.Dispose();

    [Theory, MemberData(nameof(Conditions))]
    public async Task Program_with_such_arguments_is_killed_before_its_first_instruction(string when, string hit, string miss)
    {
        await agent.EnsureAsync(Rules.Neutral);
        Run(hit).ShouldBe((0, true), "works without a rule");

        await agent.EnsureAsync(Rules.Kill("no-arguments", $"{when} && image.file == \"{Marker}\""));
        var cursor = await agent.CursorAsync();
        Run(hit).ShouldBe((Killed, false));
        Run(miss).ShouldBe((0, true), "other arguments");
        var neighbour = _volume.Add(Marker, "neighbour");
        Run(hit, neighbour).ShouldBe((0, true), "another program");

        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Kill);
        decision.Operation.ShouldBe("process.exec");
        decision.Rule.ShouldBe("no-arguments");
        decision.Object.Image!.Path.ShouldBe(Marker);
        await agent.EnsureAsync(Rules.Neutral);
        Run(hit).ShouldBe((0, true), "works again");
    }

    [Fact]
    public async Task Argument_is_found_behind_many_and_behind_long_ones()
    {
        string[] many = [.. Enumerable.Range(0, 2000).Select(static i => $"{i}")];
        string[] afterMany = [Mark, .. many, "--secret"], afterLong = [Mark, new string('x', 100_000), "--secret"];
        await agent.EnsureAsync(Rules.Neutral);
        RunWith(afterMany).ShouldBe((0, true), "works without a rule");
        RunWith(afterLong).ShouldBe((0, true), "works without a rule");

        await agent.EnsureAsync(Rules.Kill("no-arguments", $"\"--secret\" in exec.arguments && image.file == \"{Marker}\""));
        RunWith(afterMany).ShouldBe((Killed, false), "the 2002nd");
        RunWith(afterLong).ShouldBe((Killed, false), "behind one of 100 kB");
        RunWith([Mark, "", "", "--secret"]).ShouldBe((Killed, false), "behind empty ones");
        RunWith([Mark, .. many]).ShouldBe((0, true), "as many without it");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Text_that_spans_two_arguments_is_none()
    {
        await agent.EnsureAsync(Rules.Neutral);
        RunWith([Mark, "ab"]).ShouldBe((0, true), "works without a rule");
        await agent.EnsureAsync(Rules.Kill("no-arguments", $"\"ab\" in exec.arguments && image.file == \"{Marker}\""));
        RunWith([Mark, "a", "b"]).ShouldBe((0, true));
        RunWith([Mark, "a b"]).ShouldBe((0, true));
        RunWith([Mark, "ab"]).ShouldBe((Killed, false));
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Preloaded_library_does_not_run_where_its_variable_is_forbidden()
    {
        var program = _volume.Add(InGuest.Attack("payload"), "payload");
        var library = _volume.Add(InGuest.Attack("libpayload.so"), "libpayload.so");
        KeyValuePair<string, string>[] preload = [new("LD_PRELOAD", library)];
        KeyValuePair<string, string>[] harmless = [new("LD_PRELOADED", library)];
        await agent.EnsureAsync(Rules.Neutral);
        InGuest.Run(program, [], preload).Output.ShouldContain("library ran", Case.Sensitive, "works without a rule");

        await agent.EnsureAsync(Rules.Kill("no-preload", $"\"LD_PRELOAD\" in exec.environment && image.file == \"{program}\""));
        var cursor = await agent.CursorAsync();
        var killed = InGuest.Run(program, [], preload);
        killed.ExitCode.ShouldBe(Killed, killed.ToString());
        killed.Output.ShouldBeEmpty("neither the library nor the program ran");
        InGuest.Run(program, [], harmless).Output.ShouldContain("payload ran", Case.Sensitive, "another variable");
        InGuest.Run("/bin/true", [], preload).Output.ShouldContain("library ran", Case.Sensitive, "another program");
        (await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Kill)).Rule.ShouldBe("no-preload");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Allow_rule_before_the_kill_rule_lets_the_program_run()
    {
        var allow = Rules.Of("known", "process.exec", $"image.sha256 == \"{Volume.Sha256Of(Marker)}\"", "allow");
        var kill = Rules.Kill("no-arguments", "\"--secret\" in exec.arguments");
        await agent.EnsureAsync(allow + kill);
        Run("--secret").ShouldBe((0, true));
        var other = _volume.Add(Marker, "other");
        await File.AppendAllTextAsync(other, "x");
        Run("--secret", other).ShouldBe((Killed, false), "other content");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Kill_without_arguments_refuses_and_kills_the_caller()
    {
        await agent.EnsureAsync(Rules.Neutral);
        InGuest.Run(InGuest.Attack("lineage"), "exec", Marker, Mark).Ran.ShouldBeTrue("works without a rule");
        File.Exists(Mark).ShouldBeTrue();
        File.Delete(Mark);

        await agent.EnsureAsync(Rules.Kill("no-marker", $"image.file == \"{Marker}\""));
        var cursor = await agent.CursorAsync();
        // lineage would say that it was refused, if it lived.
        var caller = InGuest.Run(InGuest.Attack("lineage"), "exec", Marker, Mark);
        caller.ExitCode.ShouldBe(Killed, caller.ToString());
        caller.Output.ShouldBeEmpty();
        File.Exists(Mark).ShouldBeFalse();
        (await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Kill)).Rule.ShouldBe("no-marker");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("script", true, false)]
    [InlineData("interpreter", true, false)]
    [InlineData("executable", false, true)]
    public async Task Kind_tells_a_script_its_interpreter_and_a_program_apart(string kind, bool refusesScript, bool refusesProgram)
    {
        var interpreter = _volume.Add("/bin/sh", "interpreter");
        var script = Path.Combine(_volume.Folder, "script");
        await File.WriteAllTextAsync(script, $"#!{interpreter}\nexit 0\n");
        InGuest.Prepare($"chmod 755 {script}");
        await agent.EnsureAsync(Rules.Neutral);
        InGuest.Run(script).Ran.ShouldBeTrue("works without a rule");
        InGuest.Run(interpreter, "-c", "exit 0").Ran.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("kind", "process.exec", $"image.kind == \"{kind}\" && image.path in [\"{script}\", \"{interpreter}\"]"));
        InGuest.Run(script).Refused.ShouldBe(refusesScript);
        InGuest.Run(interpreter, "-c", "exit 0").Refused.ShouldBe(refusesProgram);
        InGuest.Run(InGuest.Attack("mapexec"), interpreter).ExitCode.ShouldBe(0, "a mapping is another kind and another operation");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Arguments_of_a_script_are_those_that_its_interpreter_gets()
    {
        var script = Path.Combine(_volume.Folder, "script");
        await File.WriteAllTextAsync(script, $"#!{Marker} {Mark}\n");
        InGuest.Prepare($"chmod 755 {script}");
        await agent.EnsureAsync(Rules.Neutral);
        RunWith(["x"], script).ShouldBe((0, true), "works without a rule");

        await agent.EnsureAsync(Rules.Kill("no-script", $"\"{script}\" in exec.arguments && image.file == \"{Marker}\""));
        RunWith(["x"], script).ShouldBe((Killed, false), "the kernel puts the script's name among them");
        Run("x").ShouldBe((0, true), "the interpreter by itself");
        await agent.EnsureAsync(Rules.Neutral);
    }

    private (int ExitCode, bool Marked) Run(string arguments, string? program = null) => RunWith([Mark, .. arguments.Split(' ')], program);

    private (int ExitCode, bool Marked) RunWith(string[] arguments, string? program = null)
    {
        File.Delete(Mark);
        var outcome = InGuest.Run(program ?? Marker, arguments);
        outcome.ErrorNumber.ShouldBe(0, outcome.ToString());
        return (outcome.ExitCode, File.Exists(Mark));
    }
}
