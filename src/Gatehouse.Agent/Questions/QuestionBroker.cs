using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Questions;

/// <summary>
/// From an open to the answers in the kernel. Whatever goes wrong, the open goes on: without an answer the kernel decides by the
/// rule's <c>onMiss</c> when the file is loaded.
/// </summary>
/// <remarks>
/// Every client is asked, also after one has denied. The kernel applies a client's answer only where that client's own condition fits,
/// which is not known here: a denial by one whose rule does not fit would otherwise keep the one whose rule does from being asked,
/// and its <c>onMiss: allow</c> would let pass what it would have denied.
/// </remarks>
internal sealed class QuestionBroker(
    Func<IReadOnlyList<string>> askedClients,
    ClientSlots slots,
    ClientDesk desk,
    AnswerCache cache,
    IAnswerTable answers,
    WaitingOpens waiting,
    QuestionCounts counts,
    TimeProvider time,
    ILogger logger)
{
    private readonly Lock _lock = new();

    // One question for all who open the same content while it is asked.
    private readonly Dictionary<AskedContent, Task<bool>> _asking = [];

    /// <summary>Deals with an open and lets it go on. Does not throw. Blocks only to look at the file.</summary>
    public async Task HandleAsync(TakenOpen taken)
    {
        try
        {
            await DecideAsync(taken.Open, taken.Marks);
        }
#pragma warning disable CA1031 // A fault here must not leave the opener waiting; without an answer the kernel decides by onMiss.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LogError(e, "An open could not be dealt with; what is loaded from the file gets onMiss.");
        }

        taken.Source.Allow(taken.Open);
        waiting.End(taken.Place);
        taken.Open.Dispose();
    }

    /// <summary>Whether somebody has waited longer than clients and looking at files can explain.</summary>
    public bool IsOverdue(TimeSpan grace) => waiting.IsOverdue(desk.LongestWait() + grace);

    /// <summary>A client takes back all that it has said. The caller ends the marks afterwards.</summary>
    public void Forget(string client)
    {
        desk.Forget(client);
        if (slots.Find(client) is { } slot)
        {
            var bit = (ushort)(1 << slot);
            cache.Forget(bit);
            answers.Forget(bit);
        }
    }

    private async Task DecideAsync(HeldOpen open, IgnoreMarks marks)
    {
        counts.CountOpen();
        var era = marks.Era;

        // First which content it is, then what is in it: never the other way round.
        if (!answers.TryFind(open.File, out var content))
        {
            counts.CountUnidentified();
            return;
        }

        if (open.Reason == OpenReason.Open && !ImageSniffer.IsImage(open))
        {
            counts.CountNotImage();
            if (content.IsProvable)
            {
                // An execution of it is reported all the same: what the kernel executes need not look like an image to us.
                marks.Set(era, open.File, executions: false);
            }

            return;
        }

        var complete = content.IsProvable ? await AskOnceAsync(content, open) : await AskAsync(content, open);
        if (complete && content.IsProvable)
        {
            marks.Set(era, open.File, executions: true);
        }
    }

    private Task<bool> AskOnceAsync(AskedContent content, HeldOpen open)
    {
        lock (_lock)
        {
            if (!_asking.TryGetValue(content, out var asking))
            {
                asking = RemoveAfterwardsAsync(content, AskAsync(content, open));
                if (!asking.IsCompleted)
                {
                    _asking.Add(content, asking);
                }
            }

            return asking;
        }
    }

    private async Task<bool> RemoveAfterwardsAsync(AskedContent content, Task<bool> asking)
    {
        try
        {
            return await asking;
        }
        finally
        {
            lock (_lock)
            {
                _asking.Remove(content);
            }
        }
    }

    /// <returns>Whether nothing more can be learnt by asking again: every client that is there has answered.</returns>
    private async Task<bool> AskAsync(AskedContent content, HeldOpen open)
    {
        var known = content.IsProvable ? cache.Find(content) : default;
        var asked = new List<(string Name, int Slot, int Forgets, Task<Answer?> Answer)>();
        AskedFile? file = null;

        // In the order of their altitudes; they think at the same time, so the opener waits for the slowest and not for all.
        foreach (var name in askedClients())
        {
            if (slots.Find(name) is { } slot && !known.Has(slot) && desk.Find(name) is { } client)
            {
                file ??= new AskedFile(open, time);
                asked.Add((name, slot, desk.Forgets(name), desk.AskAsync(client, file)));
            }
        }

        var bits = known;
        var complete = true;
        foreach (var (name, slot, forgets, answering) in asked)
        {
            if (await answering is not { } answer)
            {
                complete = false;
            }
            else if (desk.Forgets(name) == forgets)
            {
                bits = bits.With(slot, answer == Answer.Allow);
            }
        }

        return Keep(content, bits) && complete;
    }

    private bool Keep(in AskedContent content, AnswerBits bits)
    {
        if (bits == default)
        {
            return true;
        }

        try
        {
            answers.Keep(content, bits.Allowed, bits.Denied);
        }
        catch (KernelGateException e)
        {
            logger.LogError("Answers cannot be kept in the kernel, which goes on by onMiss: {Reason}", e.Message);
            return false;
        }

        cache.Keep(content, bits);
        return true;
    }
}
