using System.Globalization;
using System.Reflection;
using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Gatehouse.Agent.Questions;
using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Trust;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Status;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>How the agent is.</summary>
internal sealed class StatusEndpoint(
    Enforcer enforcer, TrustLoader trust, CanaryMonitor canary, EventPump pump, EventStream stream, QuestionService questions, TamperPump? tampering, ClientRegistry clients, HealthBoard health, StreamClock clock, TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _startedAtTimestamp = time.GetTimestamp();
    private readonly string _kernelRelease = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    public static string Version { get; } =
        typeof(StatusEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public Task ReadAsync(HttpContext context) => Answers.WriteAsync(context, Compose(), GatehouseJson.Default.AgentStatus);

    private AgentStatus Compose()
    {
        var counters = ReadCounters();
        var (seen, gaps) = pump.ReadStatistics();
        var (subscribers, lost) = stream.ReadStatistics();
        var current = enforcer.Current;
        clients.Read();
        var (level, problems) = health.Read();
        return new AgentStatus
        {
            Version = Version,
            Health = level,
            Problems = problems,
            Pid = Environment.ProcessId,
            StartedAt = _startedAt,
            UptimeSeconds = Math.Round(time.GetElapsedTime(_startedAtTimestamp).TotalSeconds, 3),
            BootId = clock.BootId,
            KernelRelease = _kernelRelease,
            Enforcement = Compose(current),
            Policies = current?.Summaries() ?? [],
            Trial = enforcer.Trial,
            Seal = tampering?.Describe(enforcer.HasBuiltIn(SelfProtection.FileName), enforcer.Protections?.Names ?? []),
            Trust = trust.Status,
            Events = new EventStatus
            {
                Seen = seen,
                LostInKernel = counters.EventsLost,
                SequenceGaps = gaps,
                LastSequence = counters.LastSequence,
                LastCursor = stream.LastCursor,
                Subscribers = subscribers,
                LostBySubscribers = lost,
            },
            Questions = questions.Describe(),
            Counters = counters.Values,
        };
    }

    private EnforcementStatus Compose(PolicySet? current)
    {
        // The agent does not serve before the first round, so there is a state.
        var state = canary.State ?? throw new InvalidOperationException("no canary round was made");
        return new EnforcementStatus
        {
            Proven = state.Proven,
            CheckedAt = state.CheckedAt,
            ProvenAt = state.ProvenAt,
            Canary = [.. state.Results.Select(static r => new CanaryHook { Hook = r.Hook, Denied = r.Denied, Detail = r.Detail })],
            Partly = [.. enforcer.Gate.PartlyEnforced.Select(static p => new PartialEnforcement
            {
                Operation = p.Operation,
                Right = p.Right,
                Reason = p.Reason,
                Kernel = p.Kernel,
            })],
            TookOver = enforcer.Gate.TookOver,
            ObjectFingerprint = enforcer.Gate.ObjectFingerprint,
            Generation = enforcer.Gate.Generation,
            PolicyFingerprint = current?.Image.Fingerprint,
        };
    }

    private GateCounters ReadCounters()
    {
        try
        {
            var counters = enforcer.Gate.ReadCounters();
            health.Clear(HealthTopic.Counters);
            return counters;
        }
        catch (KernelGateException e)
        {
            health.Set(
                HealthTopic.Counters,
                HealthLevel.Degraded,
                string.Create(CultureInfo.InvariantCulture, $"the kernel's counters cannot be read: {e.Message}"));
            var none = new Dictionary<string, ulong>(StringComparer.Ordinal);
            return new GateCounters(none, none, LastSequence: 0);
        }
    }
}
