using Gatehouse.Kernel.Shielding;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Root against what the shield guards: each way works, is refused when sealed, and works on what is not guarded.</summary>
[Trait("speed", "slow")]
public sealed class TamperTests(TamperTable table) : IClassFixture<TamperTable>
{
    [Fact]
    public void Every_way_works_without_the_shield()
    {
        table.Unprotected.Count.ShouldBeGreaterThan(300);
        table.Unprotected.Values.Where(static a => !a.Granted && !a.Unsupported).Select(Text).ShouldBeEmpty();
        table.ObjectsUnprotected.Values.Where(static a => !a.Granted && !a.Unsupported).Select(Text).ShouldBeEmpty();
    }

    [Fact]
    public void Every_way_but_those_of_the_limitations_is_refused_when_sealed()
    {
        var closed = Tried().Where(a => !TamperWays.IsOpen(a.Way, table.Kinds[a.Way])).ToList();
        closed.Count.ShouldBeGreaterThan(180);
        closed.Where(static a => !a.Answer.StartsWith("refused", StringComparison.Ordinal)).Select(Text).ShouldBeEmpty();
    }

    /// <summary>A way that is refused after all does not belong into the limitations.</summary>
    [Fact]
    public void What_the_limitations_say_is_open_is_open() =>
        Tried().Where(a => TamperWays.IsOpen(a.Way, table.Kinds[a.Way]) && !a.Granted).Select(Text).ShouldBeEmpty();

    [Fact]
    public void What_was_opened_before_the_seal_is_refused_too()
    {
        table.SealedLater.Count.ShouldBeGreaterThan(10);
        table.SealedLater.Values.Where(a => table.Unprotected[a.Way].Granted && !TamperWays.IsOpen(a.Way, table.Kinds[a.Way]))
            .Where(static a => !a.Answer.StartsWith("refused", StringComparison.Ordinal) && !TamperWays.OpenFromBefore.Contains(a.Way))
            .Select(Text).ShouldBeEmpty();
    }

    [Fact]
    public void Maps_programs_links_and_pins_are_kept_and_nobody_loads_what_could_blind()
    {
        var tried = table.ObjectsSealed.Values.Where(a => table.ObjectsUnprotected.GetValueOrDefault(a.Way) is { Granted: true }).ToList();
        tried.Count.ShouldBeGreaterThan(40);
        tried.Where(static a => !TamperWays.OpenObjects.Contains(a.Way) && !a.Answer.StartsWith("refused", StringComparison.Ordinal))
            .Select(Text).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_not_guarded_goes_on() => table.OnNeighbour.Values
        .Where(a => table.Unprotected[a.Way].Granted && !a.Granted && !TamperWays.ConcernsAll(a.Way, table.Kinds[a.Way])).Select(Text).ShouldBeEmpty();

    [Fact]
    public void Without_the_seal_all_works_again() => table.Afterwards.Values.Where(static a => !a.Granted).Select(Text).ShouldBeEmpty();

    [Fact]
    public void Each_refusal_is_counted_and_reported()
    {
        // This process is not known as the agent by an exec, so nothing is done to the agent here: SealTests. Nobody protects anything: ProtectTests.
        foreach (var deed in Enum.GetValues<TamperDeed>().Where(static d => d is not (TamperDeed.Unknown or TamperDeed.Code or TamperDeed.Agent or TamperDeed.Standing or TamperDeed.Update)))
        {
            table.Refused[deed].ShouldBeGreaterThan(0ul, $"{deed}");
            table.Attempts.ShouldContain(a => a.Deed == deed && a.Pid != 0, $"{deed}");
        }
        var counted = table.Refused.Values.Aggregate(0ul, static (sum, n) => sum + n);
        ((ulong)table.Attempts.Count).ShouldBeLessThanOrEqualTo(counted);
    }

    private IEnumerable<MemoryAttempt> Tried() => table.Sealed.Values.Where(a => table.Unprotected[a.Way].Granted);

    private static string Text(MemoryAttempt attempt) => $"{attempt.Way}: {attempt.Answer}";
}
