using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Status;
using Gatehouse.Trust;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Trust;

/// <summary>Reads the trust database, verifies it and hands the digests to the kernel side.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>there is none</term><description>nothing is trusted; no problem, since nobody has asked for more.</description></item>
/// <item><term>it is refused</term><description>closed: nothing new is trusted. What an earlier one said that was taken goes on to count, also
/// what an earlier agent left in the kernel: else whoever damages a file could have everything refused. Status degraded.</description></item>
/// <item><term>with it the policies in force would lock the owner out</term><description>it is refused; at a start it is not looked at.</description></item>
/// <item><term>the kernel side cannot take the digests</term><description>closed: what it has not is not trusted. Status
/// degraded.</description></item>
/// <item><term>the policies cannot be loaded again</term><description>verdicts that the kernel side keeps stand until the next
/// generation: open for what is not trusted any more, closed for what is now. Status degraded.</description></item>
/// </list>
/// </remarks>
internal sealed class TrustLoader(
    TrustDatabaseFile file, IKernelGate gate, Enforcer enforcer, HealthBoard health, TimeProvider time, ILogger<TrustLoader> logger)
{
    private volatile TrustStatus? _status;
    private volatile TrustIndex _index = TrustIndex.Of(TrustDatabase.Empty);
    private volatile int _stored;
    private volatile int _leftOut;
    private TrustMark? _newest;

    /// <summary>What the last reading came to.</summary>
    public TrustStatus Status => _status ?? throw new InvalidOperationException("the trust database was not read yet");

    /// <summary>Reads it before any policy is loaded.</summary>
    public void Load() => Report(Take(checks: false), notReloaded: null);

    /// <summary>Who vouches for a content, as a word of <c>image.trust</c>; null if it is no SHA-256.</summary>
    public string? WordOf(string sha256) => WordOf(_index, sha256);

    /// <summary>Reads it again, and has the policies take effect with it.</summary>
    public async Task<(TrustStatus Status, string? NotReloaded)> ReloadAsync()
    {
        // The enforcer makes one change at a time: two readings cannot overtake each other.
        string? failure = null;
        var notReloaded = await enforcer.ReloadAfterAsync(() => failure = Take(checks: true));
        Report(failure, notReloaded);
        return (Status, notReloaded);
    }

    private string? Take(bool checks)
    {
        var reading = TryRead(out var refused);
        var database = reading?.Database ?? TrustDatabase.Empty;
        var index = TrustIndex.Of(database);
        if (refused is null && checks && enforcer.FindLockOut(hash => WordOf(index, hash)) is [var finding, ..])
        {
            refused = $"with it, {finding.Message}";
        }

        if (refused is null)
        {
            refused = Hand(index, reading!);
        }

        _status = new TrustStatus
        {
            Database = file.Options.Path,
            ReadAt = time.GetUtcNow(),
            Exists = reading?.Exists ?? true,
            SignatureVerified = reading?.IsSigned ?? false,
            Counter = refused is null ? database.Counter : 0,
            Entries = TrustWords.Sources.ToDictionary(
                TrustWords.Of, s => refused is null ? database.Entries.Count(e => e.Source == s) : 0, StringComparer.Ordinal),
            Digests = _stored,
            LeftOut = _leftOut,
            Refused = refused,
        };
        return refused;
    }

    private static string? WordOf(TrustIndex index, string sha256) =>
        !TrustDigest.TryParse(sha256, out var digest) ? null
        : index.Content.TryGetValue(digest, out var source) ? TrustWords.Of(source)
        : "none";

    private string? Hand(TrustIndex index, TrustReading reading)
    {
        try
        {
            var outcome = gate.ReplaceTrusted(TrustedDigests.Of(index));
            (_stored, _leftOut) = (outcome.Stored, outcome.LeftOut);
            _index = index;
            return null;
        }
        catch (KernelGateException e)
        {
            logger.LogWarning("Nothing new is trusted, the kernel side cannot take digests: {Reason}", e.Message);

            // Nobody misses what nobody asked for.
            return reading.Exists ? $"the kernel side cannot take the digests: {e.Message}" : null;
        }
    }

    private TrustReading? TryRead(out string? refused)
    {
        refused = null;
        try
        {
            var reading = file.Read(_newest);
            _newest = reading.Mark ?? _newest;
            Remember(reading);
            return reading;
        }
        catch (TrustRefusedException e)
        {
            refused = e.Message;
            return null;
        }
    }

    // This process keeps in mind what it read in any case; only the next one would take an older database.
    private void Remember(TrustReading reading)
    {
        try
        {
            file.Remember(reading);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogError(e, "{File} cannot be written; after a restart an older signed trust database would be taken.", file.MarkPath);
        }
    }

    private void Report(string? refused, string? notReloaded)
    {
        var status = Status;
        var problem = refused is not null ? $"the trust database is refused, nothing new is trusted: {refused}"
            : notReloaded is not null ? $"the policies could not be loaded again after the trust database was read: {notReloaded}"
            : status.LeftOut > 0 ? $"{status.LeftOut} trusted digests found no room in the kernel; their images are not trusted"
            : null;
        if (problem is null)
        {
            health.Clear(HealthTopic.Trust);
            logger.LogInformation(
                "Trust database {Database}: number {Counter}, {Digests} digests, signed: {Signed}.",
                status.Database, status.Counter, status.Digests, status.SignatureVerified);
            return;
        }

        health.Set(HealthTopic.Trust, HealthLevel.Degraded, problem);
        logger.LogError("{Problem}", problem);
    }
}
