using System.Threading.Channels;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Questions;

/// <summary>What opens of one level of file systems come by: the source, its reader, and the switch that ends an agent that does not read.</summary>
internal sealed class QuestionChannel : IDisposable
{
    private readonly IDeadMansSwitch _deadMan;
    private readonly OpenReader _reader;

    /// <exception cref="KernelGateException">The channel cannot be had.</exception>
    public QuestionChannel(
        QuestionHost host,
        Func<int, bool> isExempt,
        Func<bool> isOverdue,
        ChannelWriter<TakenOpen> intake,
        WaitingOpens waiting,
        TimeSpan limit,
        ILogger logger,
        Action mountsChanged,
        Action<KernelGateException> broken)
    {
        Source = host.OpenSource();
        Marks = new IgnoreMarks(Source);
        try
        {
            _deadMan = host.DeadMansSwitch();
        }
        catch (KernelGateException)
        {
            Source.Dispose();
            throw;
        }

        _reader = new OpenReader(Source, _deadMan, isExempt, isOverdue, intake, Marks, waiting, limit, logger)
        {
            MountsChanged = mountsChanged,
            Broken = broken,
        };
        _reader.Start();
    }

    public IOpenSource Source { get; }

    public IgnoreMarks Marks { get; }

    public void Dispose()
    {
        // The switch is disarmed at the end of the reader, so the channel must be closed at once after it.
        _reader.Dispose();
        Source.Dispose();
        _deadMan.Dispose();
    }
}
