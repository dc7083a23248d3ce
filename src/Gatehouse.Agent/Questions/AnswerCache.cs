using System.Runtime.InteropServices;
using Gatehouse.Kernel.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>Answers by content, allows and denials alike; the oldest content goes first. Thread-safe.</summary>
internal sealed class AnswerCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AskedContent, AnswerBits> _answers = [];
    private readonly Queue<AskedContent> _order = new();

    public AnswerBits Find(in AskedContent content)
    {
        lock (_lock)
        {
            return _answers.GetValueOrDefault(content);
        }
    }

    public void Keep(in AskedContent content, AnswerBits bits)
    {
        if (!content.IsProvable)
        {
            return;
        }

        lock (_lock)
        {
            if (!_answers.TryAdd(content, bits))
            {
                _answers[content] = bits;
                return;
            }

            _order.Enqueue(content);
            if (_order.Count > capacity)
            {
                _answers.Remove(_order.Dequeue());
            }
        }
    }

    public void Forget(ushort clients)
    {
        lock (_lock)
        {
            foreach (var content in _answers.Keys.ToArray())
            {
                _answers[content] = _answers[content].Without(clients);
            }
        }
    }
}

/// <summary>Which clients have said what.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AnswerBits(ushort Allowed, ushort Denied)
{
    public bool Has(int slot) => ((Allowed | Denied) >> slot & 1) != 0;

    public AnswerBits With(int slot, bool allow) => allow
        ? new AnswerBits((ushort)(Allowed | 1 << slot), Denied)
        : new AnswerBits(Allowed, (ushort)(Denied | 1 << slot));

    public AnswerBits Without(ushort clients) => new((ushort)(Allowed & ~clients), (ushort)(Denied & ~clients));
}
