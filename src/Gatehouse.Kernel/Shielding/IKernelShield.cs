namespace Gatehouse.Kernel.Shielding;

/// <summary>What keeps enforcement alive against root, see <see cref="KernelShield"/>.</summary>
public interface IKernelShield : IDisposable
{
    /// <summary>Whether the shield of an earlier agent was adopted.</summary>
    bool TookOver { get; }

    /// <summary>Whether it refuses anything yet.</summary>
    bool IsSealed { get; }

    /// <summary>The process that was last known as the agent at its exec; 0: none.</summary>
    uint Keeper { get; }

    /// <summary>What was given to <see cref="Seal"/>, 32 bytes; zeros before.</summary>
    IReadOnlyList<byte> Options { get; }

    /// <summary>Forgets what is guarded and who keeps it. For a shield that is not sealed: whatever is noted then, anybody may have noted.</summary>
    /// <exception cref="KernelGateException">The kernel refused it.</exception>
    void Clear();

    /// <summary>Guards a file, or a folder with all that is in it and will be.</summary>
    /// <exception cref="KernelGateException">It cannot be read, or there is no room for so much.</exception>
    void Guard(string path);

    /// <summary>Guards the content and attributes of a file, not its name: an upgrade may put another file there.</summary>
    /// <exception cref="KernelGateException">It cannot be read, or there is no room.</exception>
    void GuardContent(string path);

    /// <summary>Guards the file that a guarded loop device keeps its blocks in; the kernel's own threads go on writing to it.</summary>
    /// <exception cref="KernelGateException">It cannot be read, or there is no room.</exception>
    void GuardBacking(string path);

    /// <summary>Guards a block device.</summary>
    /// <exception cref="KernelGateException">There is no room.</exception>
    void GuardDevice(uint major, uint minor);

    /// <summary>Exchanges what clients protect, all groups at once. Sealed or not; it counts while sealed.</summary>
    /// <exception cref="KernelGateException">Something of it cannot be read, or there is no room; what was protected still is.</exception>
    void Protect(IReadOnlyList<ShieldGroup> groups);

    /// <summary>
    /// Who has had something since before it was guarded by which he can change it without being asked: a file mapped shared and for writing, a BPF map of
    /// Gatehouse. Walks over all processes.
    /// </summary>
    /// <returns>Each, as a sentence for people.</returns>
    /// <exception cref="KernelGateException">It cannot be found out.</exception>
    IReadOnlyList<string> FindEarlierHolds();

    /// <summary>
    /// Names the program that may change what is guarded. A process is known as the agent from its next exec of it on, if it is on the host (its
    /// first process's mount and pid namespace and root directory), nobody traces or filters it, and its environment brings no code into it.
    /// </summary>
    /// <exception cref="KernelGateException">It cannot be read.</exception>
    void SetKeeper(string program);

    /// <summary>From now on.</summary>
    /// <param name="options">A digest of what the agent was told, of at most 32 bytes, for the agent that takes over.</param>
    void Seal(ReadOnlySpan<byte> options);

    /// <summary>No longer. Only for who holds this object since before the seal, or is the agent.</summary>
    void Unseal();

    /// <summary>
    /// Attempts what must be refused to everybody, and what must not be refused to the agent. Each call is one more refusal of
    /// <see cref="TamperDeed.Setting"/>, by this process.
    /// </summary>
    IReadOnlyList<CanaryResult> Prove();

    /// <summary>How often each deed was refused since boot.</summary>
    IReadOnlyDictionary<TamperDeed, ulong> ReadRefused();

    /// <summary>Hands over refusals that were not read yet, waiting for a first one.</summary>
    /// <returns>How many.</returns>
    int Consume(Action<TamperAttempt> handler, TimeSpan timeout);
}
