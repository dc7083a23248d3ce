using System.Security.Cryptography;
using System.Text;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Selftests;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Selftests;

/// <summary>
/// Makes what a self-test needs, and takes it back when it is over. The agent attempts nothing itself: that is for the one who asked.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>ended in time, or the time is over</term><description>the policy is taken out of force, then the files are removed.</description></item>
/// <item><term>the policy cannot be taken out</term><description>it goes on deciding about the files, which stay so that no other file gets their place;
/// tried again every ten seconds.</description></item>
/// <item><term>the agent ends</term><description>as above, once.</description></item>
/// <item><term>it crashes</term><description>the next one loads the saved policies, which this one is not among, and removes the files.</description></item>
/// </list>
/// </remarks>
internal sealed class SelftestKeeper(
    Enforcer enforcer,
    Func<bool> isSealed,
    IReadOnlyList<string> places,
    EventStream stream,
    StreamClock clock,
    TimeProvider time,
    ILogger<SelftestKeeper> logger) : IAsyncDisposable
{
    /// <summary>Then the agent takes all back although nobody asks for it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_tryAgainAfter = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _changing = new(1, 1);
    private Running? _running;

    /// <summary>Removes what an agent that crashed has left. After the policies are loaded, so that no rule is left for these files.</summary>
    public void CleanUp()
    {
        foreach (var folder in SelftestFolder.Leftover(places))
        {
            Remove(folder);
        }
    }

    /// <summary>Makes the files and puts the policy in force.</summary>
    public async Task<SelftestOutcome> BeginAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return _running is { } other ? new SelftestOutcome.Runs(other.Remaining) : await BeginAsync();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes all back.</summary>
    /// <param name="token">Whose self-test it is.</param>
    /// <param name="cancellationToken">Gives up before it has begun.</param>
    public async Task<SelftestOutcome> EndAsync(string token, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return _running is not { } running ? new SelftestOutcome.None()
                : !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(running.Token), Encoding.UTF8.GetBytes(token))
                ? new SelftestOutcome.WrongToken()
                : await EndAsync(running, "ended by who began it");
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync(CancellationToken.None);
        if (_running is { } running)
        {
            await EndAsync(running, "the agent ends");
            running.Dispose();
        }

        _running = null;
        _changing.Dispose();
    }

    private async Task<SelftestOutcome> BeginAsync()
    {
        string folder, sha256;
        try
        {
            (folder, sha256) = await Task.Run(() => SelftestFolder.Make(places), CancellationToken.None);
        }
        catch (IOException e)
        {
            return new SelftestOutcome.Failed(e.Message);
        }

        var policy = SelftestPolicy.Of(folder, sha256);
        if (await enforcer.BringAsync(policy) is { } problem)
        {
            Remove(folder);
            return new SelftestOutcome.Failed(problem);
        }

        var running = new Running(folder, policy, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), time);
        _running = running;
        running.Timer = time.CreateTimer(_ => _ = Task.Run(() => EndLateAsync(running)), null, Longest, Timeout.InfiniteTimeSpan);
        Tell("agent.selftest-started", $"in {folder}; it ends by itself");
        return new SelftestOutcome.Begun(new SelftestStage
        {
            Folder = folder,
            Token = running.Token,
            RemainingSeconds = Math.Round(running.Remaining.TotalSeconds, 3),
            Generation = enforcer.Gate.Generation,
            Sealed = isSealed(),
        });
    }

    private async Task EndLateAsync(Running running)
    {
        try
        {
            await _changing.WaitAsync(CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            return; // the agent ended meanwhile, and this with it
        }

        try
        {
            if (_running == running)
            {
                await EndAsync(running, "its time is over");
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<SelftestOutcome> EndAsync(Running running, string reason)
    {
        if (await enforcer.TakeBackAsync(running.Policy) is { } problem)
        {
            logger.LogError("The policy of the self-test cannot be taken out of force, so its files stay: {Problem}. Trying again.", problem);
            running.Timer?.Change(s_tryAgainAfter, Timeout.InfiniteTimeSpan);
            return new SelftestOutcome.Failed(problem + "; its rules go on deciding about its own files, and the agent tries again");
        }

        running.Dispose();
        _running = null;
        Remove(running.Folder);
        Tell("agent.selftest-ended", reason);
        return new SelftestOutcome.Ended(enforcer.Gate.Generation);
    }

    private void Remove(string folder)
    {
        if (SelftestFolder.TryRemove(folder) is { } problem)
        {
            logger.LogWarning("{Folder} is left of a self-test: {Problem}. The next start of the agent removes it.", folder, problem);
        }
    }

    private void Tell(string operation, string text)
    {
        logger.LogInformation("{Operation}: {Text}.", operation, text);
        stream.Publish(clock.Agent(operation, text, enforcer.Gate.Generation));
    }

    /// <summary>A self-test that runs.</summary>
    private sealed class Running(string folder, PolicyFile policy, string token, TimeProvider time) : IDisposable
    {
        private readonly long _start = time.GetTimestamp();

        public string Folder => folder;

        public PolicyFile Policy => policy;

        public string Token => token;

        public ITimer? Timer { get; set; }

        public TimeSpan Remaining => Longest - time.GetElapsedTime(_start) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

        public void Dispose() => Timer?.Dispose();
    }
}
