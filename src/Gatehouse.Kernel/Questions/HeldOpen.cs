using System.Globalization;
using Gatehouse.Interop;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Kernel.Questions;

/// <summary>An open that waits for the agent, or the news of a close. Disposing closes our descriptors and answers nothing.</summary>
public class HeldOpen : IDisposable
{
    private readonly SafeFileHandle? _process;

    /// <summary>Creates it.</summary>
    /// <param name="reason">Why the agent is told.</param>
    /// <param name="processId">Who opens.</param>
    /// <param name="file">A descriptor that was made for us; reading from it makes no events.</param>
    /// <param name="process">A descriptor of the process, if there is one.</param>
    public HeldOpen(OpenReason reason, int processId, SafeFileHandle file, SafeFileHandle? process)
    {
        Reason = reason;
        ProcessId = processId;
        File = file;
        _process = process;
    }

    /// <summary>Why the agent is told.</summary>
    public OpenReason Reason { get; }

    /// <summary>The process that opens; 0 if it is in no process id namespace of ours.</summary>
    public int ProcessId { get; }

    /// <summary>The file, for reading.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Whether the process has ended, so that its number may be another's. False if the kernel gave us no means to know.</summary>
    public virtual bool ProcessHasEnded => _process is not null && ProcessHandle.HasEnded(_process);

    /// <summary>What the file is.</summary>
    /// <exception cref="KernelGateException">It cannot be looked at.</exception>
    public virtual HeldFile Describe()
    {
        try
        {
            var status = FileStatus.Read(File);
            return new HeldFile(
                ReadPath(), status.Size, status.OwnerUid, status.OwnerGid, status.Mode, status.LinkCount, status.FileSystemMagic,
                status.DeviceMajor, status.DeviceMinor, status.Inode);
        }
        catch (InteropException failure)
        {
            throw new KernelGateException(GateFailure.OperationFailed, failure.Message, null, failure);
        }
    }

    /// <summary>Where the file is, for the agent; empty if that cannot be had.</summary>
    public virtual string ReadPath()
    {
        var held = false;
        File.DangerousAddRef(ref held);
        try
        {
            return FileProbe.ReadLink(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{File.DangerousGetHandle()}"));
        }
        finally
        {
            File.DangerousRelease();
        }
    }

    /// <summary>Reads from the file.</summary>
    /// <returns>How many bytes; 0 at its end, and if it cannot be read.</returns>
    public virtual int ReadAt(long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(File, buffer, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return 0;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the descriptors.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            File.Dispose();
            _process?.Dispose();
        }
    }
}
