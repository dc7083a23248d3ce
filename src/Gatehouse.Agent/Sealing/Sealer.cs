using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Sealing;

/// <summary>
/// The sealed mode: what the agent is made of is kept from everybody until the next boot. A seal of a start that fails is broken again; one that
/// was there before stays.
/// </summary>
internal sealed class Sealer : IDisposable
{
    private readonly IKernelShield _shield;
    private readonly bool _was;
    private bool _kept;

    private Sealer(IKernelShield shield, bool was, DateTimeOffset at)
    {
        _shield = shield;
        _was = was;
        Since = at;
    }

    /// <summary>When this agent sealed, or took the seal over.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>What keeps it.</summary>
    public IKernelShield Shield => _shield;

    /// <summary>Seals, or goes on with an earlier agent's seal.</summary>
    /// <param name="shield">The shield, which knows this process as the agent.</param>
    /// <param name="scope">What is kept.</param>
    /// <param name="program">The agent's program.</param>
    /// <param name="options">Digest of what the agent was told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to say so.</param>
    /// <exception cref="KernelGateException">It cannot be sealed, or an agent that was told something else has sealed it.</exception>
    public static Sealer Begin(IKernelShield shield, SealScope scope, string program, byte[] options, TimeProvider time, ILogger logger)
    {
        var sealer = new Sealer(shield, shield.IsSealed, time.GetUtcNow());
        try
        {
            sealer.Begin(scope, program, options);
        }
        catch
        {
            sealer.Dispose();
            throw;
        }

        logger.LogInformation(
            "{How}: {Kept} files and folders and {Contents} libraries are kept from everybody, root included, until the next boot.",
            sealer._was ? "The host stays sealed" : "The host is sealed", scope.Kept.Count, scope.Contents.Count);
        return sealer;
    }

    /// <summary>The start has succeeded: the seal outlives the agent.</summary>
    public void Keep() => _kept = true;

    /// <summary>Attempts what must be refused.</summary>
    public IReadOnlyList<CanaryResult> Prove() => _shield.IsSealed ? _shield.Prove() : [];

    public void Dispose()
    {
        if (!_was && !_kept)
        {
            _shield.Unseal();
        }
    }

    private void Begin(SealScope scope, string program, byte[] options)
    {
        if (_was && !_shield.Options.SequenceEqual(options))
        {
            throw new KernelGateException(
                GateFailure.OperationFailed,
                "an agent with other options has sealed this host; start this one with the same, or reboot");
        }

        if (!_was)
        {
            // Whatever was noted while anybody could note it.
            _shield.Clear();
        }

        _shield.SetKeeper(program);
        Guard(scope);
        _shield.Seal(options);
        var failed = _shield.Prove().Where(static r => !r.Denied).ToList();
        if (failed.Count > 0)
        {
            throw new KernelGateException(
                GateFailure.CannotProtect,
                "the seal does not hold: " + string.Join("; ", failed.Select(static r => $"{r.Hook}: {r.Detail}")));
        }
    }

    private void Guard(SealScope scope)
    {
        var devices = new BlockDevices();
        foreach (var path in scope.Kept)
        {
            _shield.Guard(path);
            devices.AddBeneath(path);
        }

        foreach (var path in scope.Contents)
        {
            _shield.GuardContent(path);
            devices.AddBeneath(path);
        }

        foreach (var (major, minor) in devices.Devices)
        {
            _shield.GuardDevice(major, minor);
        }

        foreach (var file in devices.Backings)
        {
            _shield.GuardBacking(file);
        }
    }
}
