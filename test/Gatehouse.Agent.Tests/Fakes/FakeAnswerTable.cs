using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>Answers as the kernel keeps them: for a content, and only while it is the file's.</summary>
internal sealed class FakeAnswerTable : IAnswerTable
{
    private readonly ConcurrentDictionary<SafeHandle, AskedContent> _contents = [];

    public ConcurrentDictionary<AskedContent, (ushort Allowed, ushort Denied)> Kept { get; } = [];

    public int? AskingProcess { get; private set; }

    public KernelGateException? KeepFailure { get; set; }

    public void Note(SafeHandle descriptor, AskedContent content) => _contents[descriptor] = content;

    public void Begin(int askingProcess)
    {
        Kept.Clear();
        AskingProcess = askingProcess;
    }

    public bool TryFind(SafeHandle descriptor, out AskedContent content) => _contents.TryGetValue(descriptor, out content);

    public void Keep(in AskedContent content, ushort allowed, ushort denied)
    {
        if (KeepFailure is { } failure)
        {
            throw failure;
        }

        Kept.AddOrUpdate(
            content, (allowed, denied), (_, old) => ((ushort)(old.Allowed | allowed), (ushort)(old.Denied | denied)));
    }

    public void Forget(ushort clients)
    {
        foreach (var content in Kept.Keys)
        {
            var (allowed, denied) = Kept[content];
            Kept[content] = ((ushort)(allowed & ~clients), (ushort)(denied & ~clients));
        }
    }

    public void End() => AskingProcess = null;
}
