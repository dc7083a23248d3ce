namespace Gatehouse.Kernel.Shielding;

/// <summary>Somebody tried to change, hide or blind what is guarded, and was refused.</summary>
/// <param name="BootNanoseconds">When, in nanoseconds since boot, suspended time included.</param>
/// <param name="Pid">The process.</param>
/// <param name="Uid">Its real user.</param>
/// <param name="Command">Its name, which it can choose: at most 15 bytes.</param>
/// <param name="Deed">What it tried.</param>
/// <param name="Detail">Of that, by <paramref name="Deed"/>: an inode, a device, an ioctl, a program type, an id; 0 = nothing.</param>
/// <param name="Groups">The names of the groups (<see cref="ShieldGroup"/>) that protect it; empty: the agent's own.</param>
public sealed record TamperAttempt(
    ulong BootNanoseconds, uint Pid, uint Uid, string Command, TamperDeed Deed, ulong Detail, IReadOnlyList<string> Groups);
