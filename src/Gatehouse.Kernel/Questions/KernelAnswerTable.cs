using System.Runtime.InteropServices;
using Gatehouse.Abi;
using Gatehouse.Interop;
using Gatehouse.Interop.Handles;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Questions;

/// <summary>
/// The kernel's tables of answers. Making a descriptor for the agent runs a hook of ours in its thread, before anybody can read
/// from it: it keeps a ticket with the inode, and with the ticket which content that was in which version.
/// </summary>
internal sealed class KernelAnswerTable(PinSet pins) : IAnswerTable, IDisposable
{
    private const int DeniedShift = 16;

    private readonly BpfMap _answers = pins.OpenMap("gh_answers");
    private readonly BpfMap _tickets = pins.OpenMap("gh_tickets");
    private readonly BpfMap _asked = pins.OpenMap("gh_asked_of");
    private readonly BpfVariable<ulong> _asking = pins.OpenVariable<ulong>("gh_asking");
    private readonly Lock _writing = new();

    public void Begin(int askingProcess) => Guarded(() =>
    {
        lock (_writing)
        {
            foreach (var key in _answers.ReadKeys<InodeKey>())
                _answers.Remove(key);
        }

        SetAsking((ulong)askingProcess);
    });

    public bool TryFind(SafeHandle descriptor, out AskedContent content)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        content = default;
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            if (!_tickets.TryLookup((int)descriptor.DangerousGetHandle(), out ulong ticket) || !_asked.TryLookup(ticket, out Asked asked))
                return false;
            content = new AskedContent(
                new InodeIdentity(asked.Content.Device, asked.Content.Inode, asked.Content.Generation),
                new ContentVersion(
                    asked.Version.Size, asked.Version.ChangedSeconds, asked.Version.ChangedNanoseconds, asked.Version.Epoch, asked.Version.MountEpoch),
                asked.Version.Provable != 0);
            return true;
        }
        catch (InteropException)
        {
            // Nobody is asked about it: closed, the rule's onMiss.
            return false;
        }
        finally
        {
            if (held)
                descriptor.DangerousRelease();
        }
    }

    public void Keep(in AskedContent content, ushort allowed, ushort denied)
    {
        var (key, version) = (KeyOf(content), VersionOf(content));
        Guarded(() =>
        {
            lock (_writing)
            {
                var answers = allowed | ((uint)denied << DeniedShift);
                if (_answers.TryLookup(key, out Answer known) && Same(known.Version, version))
                    answers = Merge(known.Answers, allowed, denied);
                _answers.Update(key, new Answer { Version = version, Answers = answers });
            }
        });
    }

    public void Forget(ushort clients) => Guarded(() =>
    {
        var mask = clients | ((uint)clients << DeniedShift);
        lock (_writing)
        {
            foreach (var key in _answers.ReadKeys<InodeKey>())
            {
                if (!_answers.TryLookup(key, out Answer known) || (known.Answers & mask) == 0)
                    continue;
                known.Answers &= ~mask;
                if (known.Answers == 0)
                    _answers.Remove(key);
                else
                    _answers.Update(key, known);
            }
        }
    });

    public void End()
    {
        try
        {
            SetAsking(0);
            Forget(ushort.MaxValue);
        }
        catch (KernelGateException)
        {
            // What was answered goes on to count until the next agent begins; new files have no answer.
        }
    }

    public void Dispose()
    {
        foreach (var part in new IDisposable[] { _answers, _tickets, _asked, _asking })
            part.Dispose();
    }

    /// <summary>A client that answers again has changed its mind.</summary>
    private static uint Merge(uint known, ushort allowed, ushort denied)
    {
        var again = (uint)(allowed | denied);
        return (known & ~(again | (again << DeniedShift))) | allowed | ((uint)denied << DeniedShift);
    }

    private static InodeKey KeyOf(in AskedContent content) => new()
    {
        Device = content.Inode.Device,
        Inode = content.Inode.Inode,
        Generation = content.Inode.InodeGeneration,
    };

    private static Abi.Version VersionOf(in AskedContent content) => new()
    {
        Size = content.Version.Size,
        ChangedSeconds = content.Version.ChangedSeconds,
        ChangedNanoseconds = content.Version.ChangedNanoseconds,
        Epoch = content.Version.Epoch,
        MountEpoch = content.Version.MountEpoch,
        Provable = content.IsProvable ? 1u : 0,
    };

    private static bool Same(in Abi.Version a, in Abi.Version b) =>
        a.Size == b.Size && a.ChangedSeconds == b.ChangedSeconds && a.ChangedNanoseconds == b.ChangedNanoseconds && a.Epoch == b.Epoch
        && a.MountEpoch == b.MountEpoch;

    private void SetAsking(ulong process) => _asking.With((ref ulong asking) => asking = process);

    private static void Guarded(System.Action operation)
    {
        try
        {
            operation();
        }
        catch (InteropException failure)
        {
            throw new KernelGateException(GateFailure.OperationFailed, failure.Message, failure.Log, failure);
        }
    }
}
