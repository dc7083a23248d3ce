using Gatehouse.Kernel.Questions;
using Gatehouse.Policy;

namespace Gatehouse.Kernel;

/// <summary>
/// The enforcement that is attached to the running kernel: programs, links, tables and the event ring.
/// </summary>
/// <remarks>
/// <para>Disposing closes this process's descriptors. The pinned links stay, so decisions go on without us; a later
/// <see cref="KernelGate.AttachOrTakeOver"/> finds them and takes over. Only <see cref="EndEnforcement"/> detaches.</para>
/// <para>Members may be called from any thread; <see cref="Load"/> calls are serialised. One reader of the ring at a time.</para>
/// <para>Needs Linux 6.1, BTF, <c>bpf</c> in the active LSM list, CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN, CAP_SYS_RESOURCE.</para>
/// </remarks>
public interface IKernelGate : IDisposable
{
    /// <summary>Whether pinned enforcement of an earlier agent was found and adopted instead of attached anew.</summary>
    bool TookOver { get; }

    /// <summary>Lower-case hex SHA-256 of the kernel object that is attached.</summary>
    string ObjectFingerprint { get; }

    /// <summary>Number of the policy generation in force; 0 while none was ever loaded.</summary>
    ulong Generation { get; }

    /// <summary>
    /// Whether enforcement of another version is pinned beside this one. It goes on deciding until the first
    /// <see cref="Load"/>, which removes it.
    /// </summary>
    bool OthersPinned => false;

    /// <summary>What this kernel cannot refuse although a rule asks for it; found out anew at each call.</summary>
    IReadOnlyList<PartlyEnforced> PartlyEnforced => [];

    /// <summary>The answers by which the kernel decides rules with the action <c>ask</c>.</summary>
    IAnswerTable Answers { get; }

    /// <summary>
    /// Fills the idle generation with <paramref name="image"/> and makes it the active one by a single switch.
    /// </summary>
    /// <param name="image">
    /// The compiled policies, not linked: that is done here, with the paths of this host. An image without rows allows
    /// everything.
    /// </param>
    /// <param name="answerSlots">
    /// By client of <see cref="PolicyImage.AskedClients"/>: the slot, 0 to 15, in which the kernel side keeps its answers. Null:
    /// each has its place in the image.
    /// </param>
    /// <returns>What was bound: for each path, the file that was found there.</returns>
    /// <exception cref="KernelGateException">A table could not be filled. The generation in force is unchanged.</exception>
    LoadedGeneration Load(PolicyImage image, IReadOnlyDictionary<string, int>? answerSlots = null);

    /// <summary>
    /// Attempts an operation of each attached hook that must be refused, and its control that must not be.
    /// </summary>
    /// <returns>One result a hook. Enforcement is proven only if <see cref="CanaryReport.Proven"/>.</returns>
    CanaryReport ProveCanary();

    /// <summary>Counters of the kernel side, summed over CPUs, since the programs were attached.</summary>
    GateCounters ReadCounters();

    /// <summary>
    /// Waits for events and hands each to <paramref name="handler"/> on the calling thread.
    /// </summary>
    /// <param name="handler">Must not throw and must not call back into this object.</param>
    /// <param name="timeout">How long to wait for a first event; a negative value waits without end.</param>
    /// <returns>How many events were handed over; 0 after the timeout or a signal.</returns>
    int Consume(Action<GateDecision> handler, TimeSpan timeout);

    /// <summary>
    /// Exchanges the digests that <c>image.trust</c> is found by, all of them. What was trusted and is not among them is not
    /// trusted any more.
    /// </summary>
    /// <remarks>Verdicts that the kernel side keeps were made by the earlier digests: <see cref="Load"/> afterwards.</remarks>
    /// <param name="digests">Each digest of a kind once; empty: nothing is trusted.</param>
    /// <exception cref="KernelGateException">The map could not be filled. Closed: what is missing in it is not trusted.</exception>
    TrustOutcome ReplaceTrusted(IReadOnlyCollection<TrustedDigest> digests);

    /// <summary>
    /// Has the kernel count the runs of BPF programs and their time, all programs of the host, until it is disposed. Each run then costs
    /// two readings of the clock more.
    /// </summary>
    /// <exception cref="KernelGateException">The kernel does not allow it.</exception>
    IDisposable CountRuns();

    /// <summary>What was counted so far of each program that is attached. Without <see cref="CountRuns"/> it does not grow.</summary>
    /// <exception cref="KernelGateException">A pin is gone.</exception>
    IReadOnlyList<ProgramStatistics> ReadStatistics();

    /// <summary>Chooses which decisions are reported; decisions themselves do not change.</summary>
    void SetReporting(ReportMode mode);

    /// <summary>Unpins and detaches everything: enforcement ends. Meant for uninstallation and for tests.</summary>
    void EndEnforcement();
}
