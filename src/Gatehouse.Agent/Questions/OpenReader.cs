using System.Threading.Channels;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Questions;

/// <summary>
/// The thread that takes opens from the kernel. It opens no file and waits for nobody, so that it can always let its own process go
/// on; and it alone says that the agent works.
/// </summary>
internal sealed class OpenReader(
    IOpenSource source,
    IDeadMansSwitch deadMan,
    Func<int, bool> isExempt,
    Func<bool> isOverdue,
    ChannelWriter<TakenOpen> intake,
    IgnoreMarks marks,
    WaitingOpens waiting,
    TimeSpan limit,
    ILogger logger) : IDisposable
{
    private readonly List<HeldOpen> _opens = [];
    private readonly ManualResetEventSlim _running = new();
    private Thread? _thread;
    private volatile bool _stopping;

    /// <summary>Called on the reader's thread when file systems were mounted or unmounted; must not wait.</summary>
    public Action? MountsChanged { get; init; }

    /// <summary>Called on the reader's thread if the channel is broken; must not wait.</summary>
    public Action<KernelGateException>? Broken { get; init; }

    /// <summary>Starts the thread and waits until it has gone round once.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "questions" };
        _thread.Start();
        _running.Wait();
    }

    /// <summary>Ends the thread, and with it the threat to the agent's life. Whoever waits must be let go at once afterwards.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread?.Join();
        _running.Dispose();
    }

    /// <summary>One round, on the calling thread. Tests call it; nothing else but the thread does.</summary>
    internal void Round()
    {
        // An agent that reads and never lets go is as bad as one that does not read.
        if (!isOverdue())
        {
            deadMan.Arm(limit);
        }

        _opens.Clear();
        if (source.Take(limit / 4, _opens))
        {
            MountsChanged?.Invoke();
        }

        foreach (var open in _opens)
        {
            Dispatch(open);
        }
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                Round();
                _running.Set();
            }
        }
        catch (KernelGateException e)
        {
            logger.LogCritical("Clients are not asked any more: {Reason}", e.Message);
            Broken?.Invoke(e);
        }

        // From here on nothing waits for us: the channel is closed next, or is broken.
        deadMan.Disarm();
        _running.Set();
    }

    private void Dispatch(HeldOpen open)
    {
        if (open.Reason == OpenReason.ClosedAfterWrite)
        {
            // What it was when it was marked it may not be any more: a write into a mapping ends no mark.
            source.EndIgnoring(open.File);
            open.Dispose();
        }
        else if (isExempt(open.ProcessId))
        {
            // Neither we nor a client can be asked about what it opens itself: it would wait for its own answer.
            source.Allow(open);
            open.Dispose();
        }
        else
        {
            intake.TryWrite(new TakenOpen(open, source, marks, waiting.Begin()));
        }
    }
}
