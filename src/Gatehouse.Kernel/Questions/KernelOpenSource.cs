using System.Runtime.InteropServices;
using Gatehouse.Interop;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Kernel.Questions;

/// <summary>Opens as fanotify reports them. Needs CAP_SYS_ADMIN and Linux 6.0.</summary>
public sealed class KernelOpenSource : IOpenSource
{
    private const FanotifyMask Asked = FanotifyMask.OpenPermission | FanotifyMask.OpenExecPermission;

    private readonly FanotifyGroup _group;
    private readonly SafeFileHandle _mounts;
    private readonly List<OpenEvent> _events = [];

    private KernelOpenSource(FanotifyGroup group, SafeFileHandle mounts)
    {
        _group = group;
        _mounts = mounts;
    }

    /// <summary>Opens the channel. Nothing is watched yet.</summary>
    /// <exception cref="KernelGateException">This host has no fanotify with permission events.</exception>
    public static KernelOpenSource Open()
    {
        try
        {
            return new KernelOpenSource(FanotifyGroup.Open(), System.IO.File.OpenHandle("/proc/self/mountinfo"));
        }
        catch (Exception failure) when (failure is InteropException or IOException or UnauthorizedAccessException)
        {
            throw new KernelGateException(
                GateFailure.Unsupported, $"clients cannot be asked: {failure.Message} (needs CONFIG_FANOTIFY_ACCESS_PERMISSIONS and CAP_SYS_ADMIN)", null, failure);
        }
    }

    /// <inheritdoc />
    public string? TryWatch(string mountPoint)
    {
        var error = _group.MarkFileSystemOf(mountPoint, Asked | FanotifyMask.CloseWrite);
        return error == 0 ? null : $"fanotify_mark({mountPoint}): {Errno.Describe(error)}";
    }

    /// <inheritdoc />
    public bool Take(TimeSpan patience, ICollection<HeldOpen> opens)
    {
        ArgumentNullException.ThrowIfNull(opens);
        var (some, mountsChanged) = _group.Wait((int)Math.Min(patience.TotalMilliseconds, int.MaxValue), _mounts);
        if (some)
        {
            _events.Clear();
            try
            {
                _group.Read(_events);
            }
            catch (InteropException failure)
            {
                throw new KernelGateException(GateFailure.OperationFailed, failure.Message, null, failure);
            }
            foreach (var happened in _events)
            {
                if (happened.File is { } file)
                    opens.Add(new HeldOpen(ReasonOf(happened.Mask), happened.ProcessId, file, happened.Process));
                else
                    happened.Process?.Dispose();
            }
        }
        return mountsChanged;
    }

    /// <inheritdoc />
    public void Allow(HeldOpen open)
    {
        ArgumentNullException.ThrowIfNull(open);
        _ = _group.AllowOpen(open.File);
    }

    /// <inheritdoc />
    public void Ignore(SafeHandle file, bool executions) =>
        // A mark that cannot be made (no memory) costs the next opener a question, and nothing else.
        _ = _group.Ignore(file, executions ? Asked : FanotifyMask.OpenPermission);

    /// <inheritdoc />
    public void EndIgnoring(SafeHandle file) => _ = _group.EndIgnoring(file, Asked);

    /// <inheritdoc />
    public void EndIgnoringAll() => _ = _group.EndIgnoringAll();

    /// <inheritdoc />
    public void Dispose()
    {
        _group.Dispose();
        _mounts.Dispose();
    }

    private static OpenReason ReasonOf(FanotifyMask mask) =>
        (mask & FanotifyMask.OpenExecPermission) != FanotifyMask.None ? OpenReason.Execute
        : (mask & FanotifyMask.OpenPermission) != FanotifyMask.None ? OpenReason.Open
        : OpenReason.ClosedAfterWrite;
}
