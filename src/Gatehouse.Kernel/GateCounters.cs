namespace Gatehouse.Kernel;

/// <summary>Counters of the kernel side since the programs were attached.</summary>
/// <param name="Values">Name of the place (as in <c>enum gh_counter</c>, kebab case) and how often it was reached.</param>
/// <param name="EventsLost">Events that found no room in the ring, by operation name ("process.exec", …).</param>
/// <param name="LastSequence">The last global sequence number given to an event, lost ones included.</param>
public sealed record GateCounters(
    IReadOnlyDictionary<string, ulong> Values,
    IReadOnlyDictionary<string, ulong> EventsLost,
    ulong LastSequence);
