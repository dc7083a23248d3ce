using Gatehouse.Interop;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Kernel.Clients;

/// <summary>
/// A regular file that is open for reading, with what the kernel says of this very file: who owns it and which inode it is. What is read
/// through <see cref="Handle"/> is its content, whatever stands at the path by then.
/// </summary>
public sealed class OpenedFile : IDisposable
{
    private const uint TypeBits = 0xF000;
    private const uint RegularFile = 0x8000;
    private const uint WritableByOthers = 0x12; // S_IWGRP | S_IWOTH

    private readonly FileStatus _status;

    private OpenedFile(SafeFileHandle handle, FileStatus status)
    {
        Handle = handle;
        _status = status;
    }

    /// <summary>The open file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>User id of the owner.</summary>
    public uint OwnerUid => _status.OwnerUid;

    /// <summary>Whether its group or everybody may write to it, by its mode.</summary>
    public bool IsWritableByOthers => (_status.Mode & WritableByOthers) != 0;

    /// <summary>Opens a file, following symbolic links. A FIFO or device is refused and not waited for.</summary>
    /// <exception cref="IOException">It is not there, may not be read, or is no regular file.</exception>
    public static OpenedFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            // Looked at before it is opened for reading: an open of a FIFO waits for a writer.
            if (!IsRegular(FileStatus.Read(path)))
                throw new IOException($"{path} is no regular file");
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            try
            {
                var status = FileStatus.Read(handle);
                return IsRegular(status) ? new OpenedFile(handle, status) : throw new IOException($"{path} is no regular file");
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        catch (InteropException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Whether both are the same inode of the same device, however each was found.</summary>
    public bool IsSame(OpenedFile other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (_status.Inode, _status.DeviceMajor, _status.DeviceMinor) == (other._status.Inode, other._status.DeviceMajor, other._status.DeviceMinor);
    }

    /// <summary>Reads it from the beginning, at most so many bytes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] Read(int most)
    {
        var buffer = new byte[most];
        var length = 0;
        while (length < most && RandomAccess.Read(Handle, buffer.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
        }

        return buffer.AsSpan(0, length).ToArray();
    }

    /// <inheritdoc />
    public void Dispose() => Handle.Dispose();

    private static bool IsRegular(FileStatus status) => (status.Mode & TypeBits) == RegularFile;
}
