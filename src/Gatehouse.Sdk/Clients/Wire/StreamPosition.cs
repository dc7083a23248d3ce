namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>How far a subscription had come, to go on there.</summary>
/// <param name="RunId">Run of the agent.</param>
/// <param name="Cursor">Position of the last event in the stream of that run.</param>
/// <param name="Number">Number of the last event of the subscription.</param>
/// <param name="KernelSequence">Last number of the kernel side that was looked at for it.</param>
/// <param name="BootId">Boot: after another one the kernel counts anew.</param>
public sealed record StreamPosition(string RunId, ulong Cursor, ulong Number, ulong KernelSequence, string BootId);
