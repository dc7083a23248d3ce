using System.Diagnostics;
using System.Security.Cryptography;
using Gatehouse.Sdk.Selftests;

namespace Gatehouse.Cli.Selftests;

/// <summary>
/// Tries each way twice: on a target that is not protected, where it must work, and on its protected equal, where it must be refused and
/// leave the target unharmed. Every attempt is made by a process of its own.
/// </summary>
internal sealed class SelftestRun : IDisposable
{
    /// <summary>Before the agent takes back what is protected, so that no late attempt is taken for one that was let through.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(15);

    private readonly SelftestPlan _plan;
    private readonly string _scratch;
    private readonly long _start = Stopwatch.GetTimestamp();
    private Actor? _victim;

    private SelftestRun(SelftestPlan plan)
    {
        _plan = plan;
        _scratch = Path.Combine(
            Path.GetDirectoryName(Path.GetDirectoryName(plan.Stage.Folder)) ?? "/",
            "gatehouse-selftest-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        Directory.CreateDirectory(_scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Tries all of them.</summary>
    /// <exception cref="IOException">There is no place for files beside the agent's.</exception>
    public static IReadOnlyList<WayResult> Try(SelftestPlan plan, CancellationToken cancellationToken)
    {
        using var run = new SelftestRun(plan);
        var results = new List<WayResult>(plan.Ways.Count);
        foreach (var way in plan.Ways)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Add(run.Try(way));
        }

        return results;
    }

    /// <summary>Ends the victim and removes what was made here.</summary>
    public void Dispose()
    {
        _victim?.Dispose();
        try
        {
            Directory.Delete(_scratch, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gatehouse: {_scratch} is left and can be removed: {e.Message}");
        }
    }

    private WayResult Try(Way way)
    {
        if (way.Class == WayClass.Tamper && !_plan.Stage.Sealed)
        {
            return new WayResult(way, WayOutcome.NotRefusable, "this host is not sealed (gatehoused --seal)");
        }

        try
        {
            var works = Attempt(way, isProtected: false);
            if (works < 0)
            {
                return new WayResult(way, WayOutcome.NotTested, $"does not work here on what is not protected: {Name(works)}");
            }
        }
        catch (Exception e) when (e is NotTestableException or IOException or UnauthorizedAccessException)
        {
            return new WayResult(way, WayOutcome.NotTested, e.Message);
        }

        if (Stopwatch.GetElapsedTime(_start) > TimeSpan.FromSeconds(_plan.Stage.RemainingSeconds) - s_margin)
        {
            return new WayResult(way, WayOutcome.Unknown, "the time that the agent gave was over before");
        }

        if (way.Class == WayClass.Tamper && KeptFolder.Compare(Path.Combine(_plan.Stage.Folder, SelftestFiles.Kept)) is { } different)
        {
            return new WayResult(way, WayOutcome.Unknown, "not as it was made even before the attempt: " + different);
        }

        WayResult judged;
        try
        {
            judged = Judge(way, Attempt(way, isProtected: true), step: null);
        }
        catch (NotTestableException e)
        {
            // The same steps worked before on what is not protected.
            judged = Judge(way, e.Result, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            judged = new WayResult(way, WayOutcome.Unknown, e.Message);
        }

        return Harm(way) is { } harm ? new WayResult(way, WayOutcome.LetThrough, harm) : judged;
    }

    private WayResult Judge(Way way, long? result, string? step) => result switch
    {
        -ErrorName.NotPermitted or -ErrorName.AccessDenied => new WayResult(way, WayOutcome.Refused, step ?? Name(result.Value)),
        null or < 0 => new WayResult(way, WayOutcome.Unknown, "ended otherwise than by a refusal: " + (step ?? Name(result!.Value))),
        _ when GapOf(way) is { } gap => new WayResult(way, WayOutcome.NotRefusable, gap),
        _ => new WayResult(way, WayOutcome.LetThrough, "worked"),
    };

    private string? GapOf(Way way) => way.Gap is null
        ? null
        : _plan.Partly.FirstOrDefault(p => p.Operation is "process.open"
            && string.Equals(p.Right, way.Right, StringComparison.Ordinal)
            && string.Equals(p.Kernel, way.Gap, StringComparison.Ordinal))?.Reason;

    private long Attempt(Way way, bool isProtected)
    {
        if (way.Class == WayClass.Tamper && !isProtected)
        {
            KeptFolder.Make(Path.Combine(_scratch, SelftestFiles.Kept));
        }

        var victim = way.Class == WayClass.Process ? Victim(isProtected) : null;
        try
        {
            using var actor = Actor.Start(Path.Combine(_plan.Stage.Folder, way.Class switch
            {
                WayClass.Memory => isProtected ? SelftestFiles.Writer : SelftestFiles.FreeWriter,
                _ => SelftestFiles.Actor,
            }));
            return way.Attempt(new Trial
            {
                Protected = isProtected,
                Actor = actor,
                Victim = victim,
                Stage = _plan.Stage.Folder,
                Scratch = _scratch,
            });
        }
        finally
        {
            if (!isProtected)
            {
                victim?.Dispose();
            }
        }
    }
    /// <summary>The protected target, once for all ways while it is unharmed; else a new one each time.</summary>
    private Actor Victim(bool isProtected)
    {
        if (!isProtected)
        {
            return Actor.Start(Path.Combine(_plan.Stage.Folder, SelftestFiles.Neighbour));
        }

        return _victim ??= Actor.Start(Path.Combine(_plan.Stage.Folder, SelftestFiles.Victim));
    }

    /// <summary>What became of the protected target although the attempt is said to be over; null: it is as before.</summary>
    private string? Harm(Way way)
    {
        if (way.Class == WayClass.Process && _victim is { } victim && !victim.Answers())
        {
            var status = victim.WaitForEnd(TimeSpan.Zero);
            victim.Dispose();
            _victim = null;
            return status is { } ended ? $"the target ended with status {ended}" : "the target does not answer any more: it was stopped or frozen";
        }

        if (way.Class != WayClass.Tamper)
        {
            return null;
        }

        var kept = Path.Combine(_plan.Stage.Folder, SelftestFiles.Kept);
        var harm = KeptFolder.Compare(kept);
        if (harm is not null)
        {
            // Not protected, so it can be made anew for the ways that come.
            KeptFolder.TryMake(kept);
        }

        return harm;
    }

    private static string Name(long result) => result == Actor.Gone ? "the process ended" : ErrorName.Of((int)-result);
}
