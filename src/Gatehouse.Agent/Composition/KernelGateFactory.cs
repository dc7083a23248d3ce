using Gatehouse.Kernel;

namespace Gatehouse.Agent.Composition;

/// <summary>The one place where the agent meets the real kernel.</summary>
internal static class KernelGateFactory
{
    public static IKernelGate Open(AgentOptions options) => KernelGate.AttachOrTakeOver(
        new KernelGateOptions { RingBytes = options.RingBytes, Reporting = options.Reporting });
}
