using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>Opens that the test makes, and what the agent does about them.</summary>
internal sealed class FakeOpenSource : IOpenSource
{
    private readonly BlockingCollection<HeldOpen> _opens = [];
    private int _mountsChanged;

    public ConcurrentQueue<string> Watched { get; } = [];

    public ConcurrentDictionary<SafeHandle, bool> Ignored { get; } = [];

    public ConcurrentQueue<SafeHandle> EndedIgnoring { get; } = [];

    public int AllEnded { get; private set; }

    public bool IsDisposed { get; private set; }

    public KernelGateException? Failure { get; set; }

    public void Emit(HeldOpen open) => _opens.Add(open);

    public void ChangeMounts() => Interlocked.Exchange(ref _mountsChanged, 1);

    public string? TryWatch(string mountPoint)
    {
        Watched.Enqueue(mountPoint);
        return null;
    }

    public bool Take(TimeSpan patience, ICollection<HeldOpen> opens)
    {
        if (Failure is { } failure)
        {
            throw failure;
        }

        if (_opens.TryTake(out var open, TimeSpan.FromMilliseconds(5)))
        {
            opens.Add(open);
        }

        return Interlocked.Exchange(ref _mountsChanged, 0) == 1;
    }

    public void Allow(HeldOpen open) => ((FakeOpen)open).Allow();

    public void Ignore(SafeHandle file, bool executions) => Ignored[file] = executions;

    public void EndIgnoring(SafeHandle file) => EndedIgnoring.Enqueue(file);

    public void EndIgnoringAll()
    {
        AllEnded++;
        Ignored.Clear();
    }

    public void Dispose() => IsDisposed = true;
}

/// <summary>An open of a file that is only bytes.</summary>
internal sealed class FakeOpen(byte[] bytes, OpenReason reason, int process, string path)
    : HeldOpen(reason, process, new SafeFileHandle(-1, ownsHandle: false), process: null)
{
    private readonly TaskCompletionSource _allowed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the agent lets the opener go on.</summary>
    public Task Allowed => _allowed.Task;

    public void Allow() => _allowed.SetResult();

    public override bool ProcessHasEnded => false;

    public override HeldFile Describe() => new(path, (ulong)bytes.Length, 0, 0, 0x81ED, 1, 0xEF53, 8, 1, 77);

    public override string ReadPath() => path;

    public override int ReadAt(long offset, Span<byte> buffer)
    {
        var rest = bytes.AsSpan((int)Math.Min(offset, bytes.Length));
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        return rest.Length;
    }
}

/// <summary>Notes how often the agent said that it works.</summary>
internal sealed class FakeDeadMansSwitch : IDeadMansSwitch
{
    private int _armed;

    public int Armed => Volatile.Read(ref _armed);

    public TimeSpan Limit { get; private set; }

    public bool IsArmed { get; private set; }

    public void Arm(TimeSpan limit)
    {
        Limit = limit;
        IsArmed = true;
        Interlocked.Increment(ref _armed);
    }

    public void Disarm() => IsArmed = false;

    public void Dispose() => IsArmed = false;
}
