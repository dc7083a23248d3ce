using System.Collections.Immutable;
using Gatehouse.Abi;
using Gatehouse.Policy;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// Where the kernel side keeps what each client said of a content. An image numbers the clients that it asks by their names;
/// which slot a client has, only the agent knows, because the slot of a client must not change while its answers are kept.
/// </summary>
internal sealed class AnswerSlots
{
    private const int Refused = (int)Limit.AskedClients;

    private readonly ImmutableArray<int> _slots;

    /// <param name="clients">The clients that an image asks, in its order.</param>
    /// <param name="slots">By client the slot; null if each has its place in the image.</param>
    /// <exception cref="InvalidOperationException">
    /// A client has no slot, one that does not exist, or that of another one: its answers would be somebody else's.
    /// </exception>
    public AnswerSlots(ImmutableArray<string> clients, IReadOnlyDictionary<string, int>? slots)
    {
        _slots = [.. clients.Select((client, i) => slots is null ? i : slots.TryGetValue(client, out var slot) ? slot : -1)];
        for (var i = 0; i < _slots.Length; i++)
        {
            if (_slots[i] is < 0 or >= Refused)
                throw new InvalidOperationException($"client {clients[i]} is asked and has no slot from 0 to {Refused - 1} for its answers");
            if (_slots.IndexOf(_slots[i]) != i)
                throw new InvalidOperationException($"clients {clients[_slots.IndexOf(_slots[i])]} and {clients[i]} have the same slot {_slots[i]} for their answers");
        }
    }

    /// <summary>The bit of a step, which of a step that tests answers is that of the client's slot.</summary>
    public int BitOf(PlanStep step) => step.IsClass || step.IsMaskClass || step.Source != (int)Mask.Image + (int)ImageMask.MaskAnswers
        ? step.Bit
        : step.Bit < Refused ? _slots[step.Bit] : Refused + _slots[step.Bit - Refused];
}
