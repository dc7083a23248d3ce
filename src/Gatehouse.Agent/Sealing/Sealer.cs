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
    private readonly Func<SealScope> _scope;
    private readonly string _program;
    private readonly byte[] _options;
    private bool _kept;

    private Sealer(IKernelShield shield, Func<SealScope> scope, string program, byte[] options, DateTimeOffset at)
    {
        _shield = shield;
        _was = shield.IsSealed;
        _scope = scope;
        _program = program;
        _options = options;
        Since = at;
    }

    /// <summary>When this agent sealed, or took the seal over.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>Called at each seal, when what is the agent's own is guarded and nothing is refused yet.</summary>
    public Action? Guarded { get; set; }

    /// <summary>What keeps it.</summary>
    public IKernelShield Shield => _shield;

    /// <summary>Seals, or goes on with an earlier agent's seal.</summary>
    /// <param name="shield">The shield, which knows this process as the agent.</param>
    /// <param name="scope">What is kept, found out anew at each seal.</param>
    /// <param name="program">The agent's program.</param>
    /// <param name="options">Digest of what the agent was told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to say so.</param>
    /// <exception cref="KernelGateException">It cannot be sealed, or an agent that was told something else has sealed it.</exception>
    public static Sealer Begin(IKernelShield shield, Func<SealScope> scope, string program, byte[] options, TimeProvider time, ILogger logger)
    {
        var sealer = new Sealer(shield, scope, program, options, time.GetUtcNow());
        SealScope kept;
        try
        {
            kept = sealer.SealAgain();
        }
        catch
        {
            sealer.Dispose();
            throw;
        }

        logger.LogInformation(
            "{How}: {Kept} files and folders and {Contents} libraries are kept from everybody, root included, until the next boot.",
            sealer._was ? "The host stays sealed" : "The host is sealed", kept.Kept.Count, kept.Contents.Count);
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

    /// <summary>Seals, with what is there now.</summary>
    /// <returns>What is kept.</returns>
    /// <exception cref="KernelGateException">It cannot be sealed; what was sealed still is.</exception>
    public SealScope SealAgain()
    {
        var was = _shield.IsSealed;
        if (was && !_shield.Options.SequenceEqual(_options))
        {
            throw new KernelGateException(
                GateFailure.OperationFailed,
                "an agent with other options has sealed this host; start this one with the same, or reboot");
        }

        var scope = _scope();
        if (!was)
        {
            // Whatever was noted while anybody could note it.
            _shield.Clear();
        }

        _shield.SetKeeper(_program);
        Guard(scope);
        if (!was)
        {
            Guarded?.Invoke();
        }

        _shield.Seal(_options);
        var failed = _shield.Prove().Where(static r => !r.Denied).ToList();
        if (failed.Count > 0)
        {
            throw new KernelGateException(
                GateFailure.CannotProtect,
                "the seal does not hold: " + string.Join("; ", failed.Select(static r => $"{r.Hook}: {r.Detail}")));
        }

        return scope;
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
