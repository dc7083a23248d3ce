using Gatehouse.Agent.Enforcement;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;

namespace Gatehouse.Agent.Sealing;

/// <summary>
/// What a sealed agent is as a process: few capabilities, the last one that the kernel ends for want of memory, a control group of its own. Under
/// systemd the unit does most of it; this does it whoever started the agent.
/// </summary>
internal static class House
{
    private const string ScoreFile = "/proc/self/oom_score_adj";
    private const string NeverEnded = "-1000";

    /// <summary>
    /// linux/capability.h: DAC_OVERRIDE and DAC_READ_SEARCH (files of others, to hash and to label them), SYS_MODULE (the canary of modules: without it
    /// the kernel refuses before it asks), SYS_PTRACE (/proc of others), SYS_ADMIN (BPF LSM, fanotify, mount copies), SYS_RESOURCE (locked memory, the
    /// canary of limits), PERFMON and BPF. As in packaging/gatehoused.service.
    /// </summary>
    private static readonly HashSet<int> s_capabilities = [1, 2, 16, 19, 21, 24, 38, 39];

    /// <summary>NET_ADMIN and SYS_BOOT, for what the owner may choose.</summary>
    private static readonly Dictionary<FailureResponse, int> s_forResponse = new() { [FailureResponse.Isolate] = 12, [FailureResponse.Panic] = 22 };

    /// <summary>Before the agent executes itself once more, which is what capabilities are counted from.</summary>
    /// <exception cref="KernelGateException">The kernel refused it.</exception>
    public static void Settle(FailureResponse response)
    {
        ControlGroup.EnterOwn();
        try
        {
            File.WriteAllText(ScoreFile, NeverEnded);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"{ScoreFile}: {e.Message}", null, e);
        }

        var problem = OwnProcess.KeepOnly(s_forResponse.TryGetValue(response, out var more) ? [.. s_capabilities, more] : s_capabilities);
        if (problem is not null)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"capabilities cannot be dropped: {problem}");
        }
    }
}
