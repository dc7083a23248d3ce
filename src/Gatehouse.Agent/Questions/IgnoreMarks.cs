using System.Runtime.InteropServices;
using Gatehouse.Kernel.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>
/// Which files are not reported any more. What was found out before <see cref="EndAll"/> marks nothing after it: a question that
/// was under way then may have left out a client that is to be asked now.
/// </summary>
internal sealed class IgnoreMarks(IOpenSource source)
{
    private readonly Lock _lock = new();
    private int _era;

    public int Era => Volatile.Read(ref _era);

    public void Set(int era, SafeHandle file, bool executions)
    {
        lock (_lock)
        {
            if (era == _era)
            {
                source.Ignore(file, executions);
            }
        }
    }

    public void EndAll()
    {
        lock (_lock)
        {
            _era++;
            source.EndIgnoringAll();
        }
    }
}
