using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Each right over another process is denied by itself, whichever way it is used, and for the process that a rule names only.</summary>
[Collection(WithAgent.Name)]
public sealed class OpenRightsTests(GuestAgent agent, OpenRightsTable table) : IClassFixture<OpenRightsTable>
{
    public static TheoryData<string> Ways => [.. OpenWays.All.Select(static w => w.Name)];

    [Theory, MemberData(nameof(Ways))]
    public void Way_is_refused_by_each_of_its_rights_and_by_no_other(string name)
    {
        var way = OpenWays.Find(name);
        Assert.SkipWhen(table.Unprotected[name].StartsWith("unsupported", StringComparison.Ordinal), $"this kernel does not have {name}");
        table.Unprotected[name].ShouldBe("granted", "without a rule");
        foreach (var right in way.Rights)
        {
            if (way.Limit == OpenLimit.Never || (way.Limit == OpenLimit.Perfmon && GuestKernel.IgnoresHookForReaders))
            {
                // Should a kernel begin to ask, or to listen again, status and limitations.md must stop saying that it does not.
                table.Denied[(name, right)].ShouldBe("granted", "partly enforced");
                continue;
            }
            table.Denied[(name, right)].ShouldStartWith("refused", Case.Sensitive, $"{right} is denied");
            // Who is moved is not told, so a move into a frozen group is asked for every process, a victim of another way included.
            if (!name.Contains("move", StringComparison.Ordinal) && !name.StartsWith("freezer", StringComparison.Ordinal))
                table.OnNeighbour[(name, right)].ShouldBe("granted", $"another process, {right} denied");

            table.Events.ShouldContainKey((name, right));
            var decision = table.Events[(name, right)];
            decision.Rule.ShouldBe("no-right");
            decision.Operation.ShouldBe("process.open");
            decision.Object.Target!.Executable.ShouldBe(table.Victim);
        }
        table.OthersDenied[name].ShouldBe("granted", "every other right is denied");
    }

    [Fact]
    public void Child_that_asks_to_be_traced_is_a_child_of_the_process_that_gets_the_right()
    {
        var decision = table.Events[("traceme", "debug")];
        decision.Request!.Child.ShouldBe(true);
        decision.Object.Target!.Pid.ShouldNotBe(decision.Subject.Process.Pid);
    }

    [Fact]
    public void Every_way_of_the_attack_program_stands_in_the_table_with_the_same_rights()
    {
        var listed = InGuest.Run(InGuest.Attack("right_attempt"), "--list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('\t')).Select(static f => $"{f[0]} {Sorted(f[1].Split('+'))} {f[2]}");
        OpenWays.All.Select(static w => $"{w.Name} {Sorted(w.Rights)} {w.Limit.ToString().ToLowerInvariant()}").Order(StringComparer.Ordinal).ShouldBe(listed.Order(StringComparer.Ordinal));
        OpenWays.Rights.Except(OpenWays.All.Where(static w => w is { Rights.Length: 1, Limit: OpenLimit.Always } or { Name: "perf-event" }).SelectMany(static w => w.Rights), StringComparer.Ordinal)
            .ShouldBeEmpty("each right has a way that needs it alone");
        OpenWays.All.Where(static w => w.Rights.Length > 1).ShouldAllBe(static w => w.Why.Length > 0);
    }

    [Fact]
    public async Task Status_of_a_process_stays_readable_when_every_right_over_it_is_denied()
    {
        var attacker = InGuest.Attack("right_attempt");
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Deny("everything", "process.open, thread.open", $"target.file == \"{InGuest.Attack("victim")}\""));
        Answer.Of(attacker, "kill-0", $"{victim.Pid}").Refused.ShouldBeTrue("the rule is in force");
        var reader = InGuest.Run("/bin/cat", $"/proc/{victim.Pid}/status", $"/proc/{victim.Pid}/stat", $"/proc/{victim.Pid}/cmdline");
        reader.Ran.ShouldBeTrue(reader.ToString());
        reader.Output.ShouldContain("victim");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Status_names_what_this_kernel_cannot_refuse_and_nothing_else()
    {
        // What the table of ways knows of this kernel, and nothing else. No freezer of version 1 is mounted between the tests.
        var expected = OpenWays.All
            .Where(static w => w.Limit == OpenLimit.Never || (w.Limit == OpenLimit.Perfmon && GuestKernel.IgnoresHookForReaders))
            .SelectMany(static w => w.Rights).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var partly = (await agent.Client.GetStatusAsync()).Enforcement.Partly;
        partly.ShouldAllBe(static p => p.Operation == "process.open");
        partly.Select(static p => p.Right!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ShouldBe(expected);
        partly.Count(static p => p.Reason.Contains("maps", StringComparison.Ordinal)).ShouldBe(GuestKernel.IgnoresHookForReaders ? 1 : 0);
        var shown = InGuest.Run("gatehouse", "status").Output;
        foreach (var gap in partly)
            shown.ShouldContain(gap.Reason);
    }

    private static string Sorted(IEnumerable<string> rights) => string.Join('+', rights.Order(StringComparer.Ordinal));
}
