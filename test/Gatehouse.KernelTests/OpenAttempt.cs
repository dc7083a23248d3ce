using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests;

/// <summary>One way to use a right, on a fresh target. A way that opens first has opened when this is made, and acts in <see cref="Finish"/>.</summary>
internal sealed class OpenAttempt : IDisposable
{
    private readonly OpenWay _way;
    private readonly string _attacker;
    private readonly Companion _target;
    private readonly Companion? _opened;

    public OpenAttempt(OpenWay way, string attacker, string target)
    {
        _way = way;
        _attacker = way.TargetIsOwnChild ? target : attacker;
        _target = Companion.Start(target, "--target");
        if (!string.Equals(_target.Read(), $"{_target.Pid}", StringComparison.Ordinal))
            throw new InvalidOperationException("the target does not say who it is");
        if (way.OpensFirst)
        {
            _opened = Start();
            if (!string.Equals(_opened.Read(), "opened", StringComparison.Ordinal))
                throw new InvalidOperationException($"{way.Name} did not open");
        }
    }

    public int TargetPid => _target.Pid;

    /// <summary>"granted", "refused EPERM" and so on.</summary>
    public string Finish()
    {
        using var attempt = _opened ?? Start();
        if (_way.OpensFirst)
            attempt.Write("");
        return attempt.Read();
    }

    public void Dispose()
    {
        _opened?.Dispose();
        _target.Dispose();
    }

    private Companion Start() => Companion.Start(_attacker, _way.Name, $"{_target.Pid}");
}
