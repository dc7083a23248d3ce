using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Each right over another process is denied by itself, whichever way it is used, and for the process that a rule names only.</summary>
[Collection(WithAgent.Name)]
public sealed class OpenRightsTests(GuestAgent agent) : IDisposable
{
    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Attacker => field ??= _volume.Add(InGuest.Attack("right_attempt"), "attacker");
    private string Victim => field ??= _volume.Add(InGuest.Attack("right_attempt"), "victim");
    private string Neighbour => field ??= _volume.Add(InGuest.Attack("right_attempt"), "neighbour");

    public static TheoryData<string> Ways => [.. OpenWays.All.Select(static w => w.Name)];

    public void Dispose() => _volume.Dispose();

    [Theory, MemberData(nameof(Ways))]
    public async Task Way_is_refused_by_each_of_its_rights_and_by_no_other(string name)
    {
        var way = OpenWays.Find(name);
        await agent.EnsureAsync(Rules.Neutral);
        var unprotected = await AttemptAsync(way, Victim);
        Assert.SkipWhen(unprotected.Answer.Unsupported, $"this kernel does not have {name}");
        unprotected.Answer.Granted.ShouldBeTrue($"without a rule: {unprotected.Answer}");

        foreach (var right in way.Rights)
        {
            var deny = Deny(way, "no-right", $"open.right == \"{right}\"");
            var cursor = await agent.CursorAsync();
            var refused = await AttemptAsync(way, Victim, before: () => agent.EnsureAsync(deny));
            if (way.IsNeverAsked)
            {
                refused.Answer.Granted.ShouldBeTrue($"docs/limitations.md says that no kernel asks: {refused.Answer}");
                continue;
            }
            if (way.PassesOnNewKernels && GuestKernel.IgnoresHookForReaders)
            {
                refused.Answer.Granted.ShouldBeTrue("if the kernel has begun to listen to the hook again, status must stop saying that it does not");
                InGuest.Run("gatehouse", "status").Output.ShouldContain("query", Case.Sensitive, "partly enforced, by name");
                continue;
            }
            refused.Answer.Refused.ShouldBeTrue($"{right} is denied: {refused.Answer}");

            var neighbour = await AttemptAsync(way, Neighbour, before: () => agent.EnsureAsync(deny));
            neighbour.Answer.Granted.ShouldBeTrue($"another process, {right} denied: {neighbour.Answer}");

            var decision = await agent.DecisionAsync(cursor, d => d.Verdict == Verdict.Deny && Is(d.Request?.Right, right));
            decision.Rule.ShouldBe("no-right");
            decision.Operation.ShouldBe("process.open");
            decision.Object.Target!.Executable.ShouldBe(Victim);
            if (!way.TargetIsOwnChild)
                decision.Object.Target.Pid.ShouldBe(refused.Pid);
        }

        var others = string.Join(", ", OpenWays.Rights.Except(way.Rights, StringComparer.Ordinal).Select(static r => $"\"{r}\""));
        var granted = await AttemptAsync(
            way, Victim, before: () => agent.EnsureAsync(Deny(way, "others", $"open.right in [{others}]")));
        granted.Answer.Granted.ShouldBeTrue($"every other right is denied: {granted.Answer}");
    }

    [Fact]
    public void Every_way_of_the_attack_program_stands_in_the_table_with_the_same_rights()
    {
        var listed = InGuest.Run(InGuest.Attack("right_attempt"), "--list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('\t')).Select(static f => $"{f[0]} {Sorted(f[1].Split('+'))}");
        OpenWays.All.Select(static w => $"{w.Name} {Sorted(w.Rights)}").Order(StringComparer.Ordinal).ShouldBe(listed.Order(StringComparer.Ordinal));
        OpenWays.Rights.Except(OpenWays.All.Where(static w => w.Rights.Length == 1).SelectMany(static w => w.Rights), StringComparer.Ordinal)
            .ShouldBeEmpty("each right has a way that needs it alone");
        OpenWays.All.Where(static w => w.Rights.Length > 1).ShouldAllBe(static w => w.Why.Length > 0);
    }

    [Fact]
    public async Task Status_of_a_process_stays_readable_when_every_right_over_it_is_denied()
    {
        using var victim = StartTarget(Victim);
        await agent.EnsureAsync(Rules.Deny("everything", "process.open, thread.open", $"target.file == \"{Victim}\""));
        var reader = InGuest.Run("/bin/cat", $"/proc/{victim.Pid}/status", $"/proc/{victim.Pid}/stat", $"/proc/{victim.Pid}/cmdline");
        reader.Ran.ShouldBeTrue(reader.ToString());
        reader.Output.ShouldContain("victim");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Status_names_what_this_kernel_cannot_refuse_and_nothing_else()
    {
        await agent.EnsureAsync(Rules.Neutral);
        var status = InGuest.Run("gatehouse", "status").Output;
        if (GuestKernel.IgnoresHookForReaders)
            status.ShouldContain("CAP_PERFMON");
        else
            status.ShouldNotContain("CAP_PERFMON");
    }

    /// <summary>For the attacker only, so that the test itself can end its targets.</summary>
    private string Deny(OpenWay way, string name, string when) => Rules.Deny(
        name,
        "process.open",
        $"{when} && process.file == \"{(way.TargetIsOwnChild ? Victim : Attacker)}\" && target.file == \"{Victim}\"");

    /// <summary>
    /// One attempt on a fresh target. A way that opens first does so before <paramref name="before"/>, and acts after it.
    /// </summary>
    private async Task<(Answer Answer, int Pid)> AttemptAsync(OpenWay way, string target, Func<Task>? before = null)
    {
        using var victim = StartTarget(target);
        var attacker = way.TargetIsOwnChild ? target : Attacker;
        if (way.OpensFirst)
            await agent.EnsureAsync(Rules.Neutral);
        else if (before is not null)
            await before();
        using var attempt = Companion.Start(attacker, way.Name, $"{victim.Pid}");
        if (way.OpensFirst)
        {
            var opened = attempt.Read();
            if (!Is(opened, "opened"))
                return (Answer.Parse(opened, way.Name), victim.Pid);
            if (before is not null)
                await before();
            attempt.Write("");
        }
        var answer = attempt.ReadAnswer();
        attempt.End();
        return (answer, victim.Pid);
    }

    private static Companion StartTarget(string program)
    {
        var victim = Companion.Start(program, "--target");
        victim.Read().ShouldBe($"{victim.Pid}");
        return victim;
    }

    private static bool Is(string? text, string expected) => string.Equals(text, expected, StringComparison.Ordinal);

    private static string Sorted(IEnumerable<string> rights) => string.Join('+', rights.Order(StringComparer.Ordinal));
}
