using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Ways to execute what the process has written itself: each works, and is refused by a strict policy.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class MemoryTests(MemoryTable table) : IClassFixture<MemoryTable>
{
    public static TheoryData<string> Ways => [.. MemoryWays.All.Select(static w => w.Name)];

    [Fact]
    public void Every_way_of_the_attack_program_is_known()
    {
        table.Kinds.Where(static k => k.Value is "attack").Select(static k => k.Key).Order(StringComparer.Ordinal)
            .ShouldBe(MemoryWays.All.Select(static w => w.Name).Order(StringComparer.Ordinal));
        foreach (var (way, kind) in table.Kinds)
        {
            var answer = table.Unprotected[way];
            if (kind is "futile")
                answer.ShouldSatisfyAllConditions(() => answer.Granted.ShouldBeFalse(way), () => answer.Answer.ShouldNotStartWith("broken"));
            else if (!answer.Unsupported && !MemoryWays.RefusedByKernel(answer))
                answer.Answer.ShouldBe("granted", $"{way} without a rule");
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public void Way_is_refused_as_its_call_documents_and_the_event_says_what_it_was(string name)
    {
        var way = MemoryWays.ByName[name];
        Assert.SkipWhen(table.Unprotected[name].Unsupported, $"{name}: {table.Unprotected[name].Answer}");
        if (way.Facts.Length > 0 && MemoryWays.RefusedByKernel(table.Unprotected[name]))
            return; // it asks nobody
        Check(table.Denied[name], way.Refusal, way);
        if (table.DeniedLater.TryGetValue(name, out var later))
            Check(later, way.LaterRefusal, way);
    }

    [Fact]
    public void What_is_harmless_goes_on()
    {
        var harmless = table.Kinds.Where(static k => k.Value is "harmless").Select(static k => k.Key).ToList();
        harmless.Where(w => !table.Denied[w].Granted).Select(w => $"{w}: {table.Denied[w].Answer}").ShouldBeEmpty();
        // Who may write to a file that runs, or will, is nothing that these rules know.
        table.Kinds.Where(static k => k.Value is "image").Select(static k => k.Key).Where(w => !table.Denied[w].Granted).ShouldBeEmpty();
        table.Loader.Ran.ShouldBeTrue($"dlopen: {table.Loader}");
    }

    /// <summary>The kernel fills memory for its owner whatever its protection is, so rules about protections need one about this.</summary>
    [Fact]
    public void Who_may_use_userfaultfd_can_write_to_executable_memory()
    {
        table.Faulter["userfaultfd-into-rx"].Answer.ShouldBe("granted");
        table.Faulter["userfaultfd-into-rx-file"].Answer.ShouldBe("granted");
    }

    [Fact]
    public void Another_program_goes_on() => Same(table.OnNeighbour);

    [Fact]
    public void Without_the_policy_all_works_again() => Same(table.Afterwards);

    [Fact]
    public void Kill_ends_the_process_and_audit_lets_it_go_on_and_both_are_reported()
    {
        foreach (var (way, rule) in MemoryWays.Killed)
        {
            table.Killed[way].Answer.ShouldBe("killed KILL", way);
            table.Audited[way].Answer.ShouldBe(table.Unprotected[way].Answer, way);
            table.Events.ShouldContainKey(table.Killed[way].Pid, way);
            table.Events.ShouldContainKey(table.Audited[way].Pid, way);
            var (kill, audit) = (table.Events[table.Killed[way].Pid], table.Events[table.Audited[way].Pid]);
            (kill.Rule, kill.Verdict).ShouldBe(("kill-" + rule, Verdict.Kill), way);
            (audit.Rule, audit.Verdict, audit.Mode).ShouldBe(("audit-" + rule, Verdict.Allow, EventMode.Audit), way);
        }
    }

    private void Check(MemoryAttempt attempt, string refusal, MemoryWay way)
    {
        attempt.Answer.ShouldBe(refusal, way.Name);
        table.Events.ShouldContainKey(attempt.Pid, $"an event of {way.Name}");
        var decision = table.Events[attempt.Pid];
        // Where there is no call to refuse.
        var verdict = attempt.Answer is "killed KILL" ? Verdict.Kill : Verdict.Deny;
        (decision.Rule, decision.Verdict, decision.Operation).ShouldBe(("deny-" + way.Rule, verdict, way.Operation), way.Name);
        MemoryWays.Describe(decision.Request?.Memory).ShouldBe(way.Facts, way.Name);
    }

    private void Same(Dictionary<string, MemoryAttempt> attempts) => attempts.Values
        .Where(a => !string.Equals(a.Answer, table.Unprotected[a.Way].Answer, StringComparison.Ordinal))
        .Select(a => $"{a.Way}: {a.Answer}, and without a rule {table.Unprotected[a.Way].Answer}").ShouldBeEmpty();
}
