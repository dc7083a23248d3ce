using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Linux;

/// <summary>
/// A fanotify group that is asked before files are opened. Every open of what is marked waits until it is answered or this is
/// closed; closing, also by the death of the process, lets all of them go on.
/// </summary>
/// <remarks>
/// <para>One thread reads; the other members may be called by any. Needs CAP_SYS_ADMIN and Linux 6.0 (FAN_MARK_IGNORE).</para>
/// <para>Special files (pipes, sockets, devices) and directories make no events here: the kernel leaves them out.</para>
/// </remarks>
public sealed unsafe class FanotifyGroup : IDisposable
{
    private const uint ClassContent = 4;
    private const uint CloseOnExec = 1;
    private const uint NonBlocking = 2;
    private const uint UnlimitedQueue = 0x10;
    private const uint UnlimitedMarks = 0x20;
    private const uint ReportProcess = 0x80;
    private const uint LargeFile = 0x8000;
    private const uint MarkAdd = 1;
    private const uint MarkRemove = 2;
    private const uint MarkFlush = 0x80;
    private const uint MarkFileSystem = 0x100;
    private const uint MarkEvictable = 0x200;
    private const uint MarkIgnore = 0x400;
    private const uint Allow = 1;
    private const int NoDescriptor = -1;
    private const int MetadataBytes = 24;
    private const byte ProcessInformation = 4;
    private const short Readable = 1;

    private readonly SafeFileHandle _group;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(16 * 1024, pinned: true);

    private FanotifyGroup(SafeFileHandle group) => _group = group;

    /// <summary>Makes a group without marks: nothing waits for it yet.</summary>
    /// <exception cref="InteropException">fanotify_init failed.</exception>
    public static FanotifyGroup Open()
    {
        // Without FAN_REPORT_PIDFD (a kernel with a process id namespace of an odd kind) the process id alone must do.
        foreach (var extra in (ReadOnlySpan<uint>)[ReportProcess, 0])
        {
            // Not to block at special files, should a kernel report them after all.
            var descriptor = LibC.fanotify_init(
                ClassContent | CloseOnExec | NonBlocking | UnlimitedQueue | UnlimitedMarks | extra,
                LibC.OpenReadOnly | LibC.OpenCloseOnExec | LibC.OpenNonBlocking | LargeFile);
            if (descriptor >= 0)
                return new FanotifyGroup(new SafeFileHandle(descriptor, ownsHandle: true));
        }
        throw new InteropException("fanotify_init", Marshal.GetLastPInvokeError());
    }

    /// <summary>From now on, the events happen on the whole file system that <paramref name="path"/> is on.</summary>
    /// <returns>0 or the errno.</returns>
    public int MarkFileSystemOf(string path, FanotifyMask events)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            return Mark(MarkAdd | MarkFileSystem, events, NoDescriptor, name);
    }

    /// <summary>
    /// The events do not happen for this file until it is written to, or the kernel drops its inode from memory. Nothing is
    /// noted while somebody has the file open for writing; a write into a mapping does not end it.
    /// </summary>
    /// <returns>0 or the errno.</returns>
    public int Ignore(SafeHandle file, FanotifyMask events) => MarkFile(MarkAdd | MarkIgnore | MarkEvictable, events, file);

    /// <summary>Ends what <see cref="Ignore"/> began. Returns 0 or the errno: ENOENT if there was nothing.</summary>
    public int EndIgnoring(SafeHandle file, FanotifyMask events) => MarkFile(MarkRemove | MarkIgnore, events, file);

    /// <summary>Ends all that <see cref="Ignore"/> began. The marks of file systems stay. Returns 0 or the errno.</summary>
    public int EndIgnoringAll() => Mark(MarkFlush, FanotifyMask.None, NoDescriptor, null);

    /// <summary>Lets an open go on.</summary>
    /// <returns>0 or the errno: ENOENT if nobody waits any more.</returns>
    public int AllowOpen(SafeHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var held = false;
        _group.DangerousAddRef(ref held);
        try
        {
            var response = stackalloc uint[2] { (uint)file.DangerousGetHandle(), Allow };
            return LibC.write((int)_group.DangerousGetHandle(), (byte*)response, 8) == 8 ? 0 : Marshal.GetLastPInvokeError();
        }
        finally
        {
            _group.DangerousRelease();
        }
    }

    /// <summary>Waits for events, or for <paramref name="other"/> to have something to say.</summary>
    /// <param name="milliseconds">How long at most.</param>
    /// <param name="other">Another descriptor to wait for; its urgent condition counts (a changed mount table).</param>
    /// <returns>Whether there are events, and whether <paramref name="other"/> spoke.</returns>
    public (bool Events, bool Other) Wait(int milliseconds, SafeHandle other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var entries = stackalloc LibC.PollEntry[2];
        entries[0] = new LibC.PollEntry { Descriptor = (int)_group.DangerousGetHandle(), Wanted = Readable };
        entries[1] = new LibC.PollEntry { Descriptor = (int)other.DangerousGetHandle(), Wanted = 2 /* POLLPRI */ };
        if (LibC.poll(entries, 2, milliseconds) <= 0)
            return (false, false);
        return ((entries[0].Happened & Readable) != 0, entries[1].Happened != 0);
    }

    /// <summary>Reads the events that there are; does not wait (who opened may have been killed since <see cref="Wait"/>).</summary>
    /// <param name="events">Receives them.</param>
    /// <exception cref="InteropException">
    /// The group cannot be read. A descriptor that cannot be made (the process has too many) is not one of them: the kernel
    /// refuses that open, and the next read goes on.
    /// </exception>
    public void Read(ICollection<OpenEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        nint length;
        fixed (byte* buffer = _buffer)
            length = LibC.read((int)_group.DangerousGetHandle(), buffer, (nuint)_buffer.Length);
        if (length < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Errno.BadDescriptor || error == Errno.Invalid)
                throw new InteropException("read(fanotify)", error);
            return;
        }
        for (var rest = _buffer.AsSpan(0, (int)length); rest.Length >= MetadataBytes;)
        {
            var size = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest);
            if (size < MetadataBytes || size > rest.Length)
                throw new InteropException("read(fanotify)", Errno.Invalid);
            events.Add(Parse(rest[..size]));
            rest = rest[size..];
        }
    }

    /// <inheritdoc />
    public void Dispose() => _group.Dispose();

    /// <summary>struct fanotify_event_metadata: mask at 8, descriptor at 16, process at 20; then informations with type and length.</summary>
    private static OpenEvent Parse(ReadOnlySpan<byte> record)
    {
        SafeFileHandle? process = null;
        var information = record[BinaryPrimitives.ReadUInt16LittleEndian(record[6..])..];
        while (information.Length >= 8)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(information[2..]);
            if (information[0] == ProcessInformation)
                process = Handle(BinaryPrimitives.ReadInt32LittleEndian(information[4..]));
            if (size == 0 || size > information.Length)
                break;
            information = information[size..];
        }
        return new OpenEvent(
            (FanotifyMask)BinaryPrimitives.ReadUInt64LittleEndian(record[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(record[20..]),
            Handle(BinaryPrimitives.ReadInt32LittleEndian(record[16..])),
            process);
    }

    private static SafeFileHandle? Handle(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

    private int MarkFile(uint flags, FanotifyMask events, SafeHandle file)
    {
        var held = false;
        file.DangerousAddRef(ref held);
        try
        {
            return Mark(flags, events, (int)file.DangerousGetHandle(), null);
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    private int Mark(uint flags, FanotifyMask events, int file, byte* path)
    {
        var held = false;
        _group.DangerousAddRef(ref held);
        try
        {
            return LibC.fanotify_mark((int)_group.DangerousGetHandle(), flags, (ulong)events, file, path) == 0
                ? 0
                : Marshal.GetLastPInvokeError();
        }
        finally
        {
            _group.DangerousRelease();
        }
    }
}
