using Gatehouse.Interop;
using Gatehouse.Interop.Linux;

namespace Gatehouse.Kernel.Questions;

/// <summary>
/// A timer of the kernel that sends this process SIGKILL. Works on a process that is stopped, or frozen by cgroup v2; not on one
/// that is frozen by the freezer of cgroup v1, which holds back even SIGKILL.
/// </summary>
public sealed class KernelDeadMansSwitch : IDeadMansSwitch
{
    private readonly PosixTimer _timer;

    private KernelDeadMansSwitch(PosixTimer timer) => _timer = timer;

    /// <summary>Makes one that is not armed.</summary>
    /// <exception cref="KernelGateException">The kernel gave no timer.</exception>
    public static KernelDeadMansSwitch Create()
    {
        try
        {
            return new KernelDeadMansSwitch(PosixTimer.CreateKilling());
        }
        catch (InteropException failure)
        {
            throw new KernelGateException(GateFailure.OperationFailed, failure.Message, null, failure);
        }
    }

    /// <inheritdoc />
    public void Arm(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        _timer.Set(limit);
    }

    /// <inheritdoc />
    public void Disarm() => _timer.Set(TimeSpan.Zero);

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();
}
