using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Questions;
using Gatehouse.Agent.Tickets;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;

namespace Gatehouse.Agent.Composition;

/// <summary>What the agent takes from its host; tests give something else.</summary>
internal sealed record AgentEnvironment
{
    /// <summary>Attaches enforcement to the kernel or adopts what is attached.</summary>
    public required Func<AgentOptions, IKernelGate> OpenGate { get; init; }

    /// <summary>Loads the shield or takes it over, as the agent; may not return, see <see cref="Sealing.KeeperStart"/>.</summary>
    public Func<AgentOptions, IKernelShield> OpenShield { get; init; } = Sealing.KeeperStart.Open;

    /// <summary>Whether an agent has sealed this host.</summary>
    public Func<bool> IsSealed { get; init; } = static () => KernelShield.IsHostSealed();

    /// <summary>What is kept; tests give something else.</summary>
    public Func<AgentOptions, Sealing.SealScope> SealScope { get; init; } = Sealing.SealScope.OfThisProcess;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Func<TimeProvider, BootClock> Clock { get; init; } = BootClock.OfThisHost;

    public string BootId { get; init; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>The id of this host that tickets name; null if it has none. Read once: what root writes there later does not count.</summary>
    public string? MachineId { get; init; } = TicketHost.ReadMachineId("/etc/machine-id");

    /// <summary>Brings about what tickets allow.</summary>
    public ITicketActions TicketActions { get; init; } = new NoTicketActions();

    public IReadOnlySet<uint> AllowedUsers { get; init; } = PeerGuard.RootAndOwnUser();

    public Func<IReadOnlyList<VitalFile>> VitalFiles { get; init; } = Enforcement.VitalFiles.OfThisHost;

    /// <summary>The names of the clients that a set of policies asks, highest altitude first, each once.</summary>
    public Func<PolicySet?, IReadOnlyList<string>> AskedClients { get; init; } = static set => set?.AskedClients() ?? [];

    public QuestionLimits QuestionLimits { get; init; } = new();

    /// <summary>How files that are opened come to the agent; tests change it.</summary>
    public Func<QuestionHost, QuestionHost> QuestionHost { get; init; } = static host => host;

    public EventStreamLimits StreamLimits { get; init; } = new();

    /// <summary>Where diagnostics of bad policies go.</summary>
    public TextWriter Error { get; init; } = Console.Error;
}
