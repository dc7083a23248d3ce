namespace Gatehouse.Kernel.Shielding;

/// <summary>What a client has protected, and who may change it.</summary>
/// <param name="Name">What it is called, unique among those in force. A group of the same name is the same one, also for an agent that takes over: its
/// members go on being its members.</param>
/// <param name="Programs">Programs whose processes are members: they may change what is protected.</param>
/// <param name="Files">Files, and folders with all that is in them and will be.</param>
/// <param name="Contents">Files whose content is kept but not their names, and folders of such: members have no other code than of these and of <paramref name="Files"/>.</param>
public sealed record ShieldGroup(string Name, IReadOnlyList<string> Programs, IReadOnlyList<string> Files, IReadOnlyList<string> Contents);
