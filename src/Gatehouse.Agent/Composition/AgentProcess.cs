using System.Text;
using Gatehouse.Agent.Control;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Sealing;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;
using Microsoft.Extensions.Logging;
using PolicySet = Gatehouse.Agent.Enforcement.PolicySet;

namespace Gatehouse.Agent.Composition;

/// <summary>
/// The agent from start to end. The order of the start is what users rely on: a bad policy attaches nothing; nothing is served
/// before every canary denial has happened; on the way out the rules stay.
/// </summary>
internal static class AgentProcess
{
    /// <summary>Runs until the process is told to end.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="environment">The host.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="cancellationToken">Ends the agent; the rules stay in force.</param>
    /// <param name="started">Called with the running agent once it serves.</param>
    /// <returns>A value of <see cref="ExitStatus"/>.</returns>
    public static async Task<int> RunAsync(
        AgentOptions options,
        AgentEnvironment environment,
        ILoggerFactory loggers,
        CancellationToken cancellationToken,
        Action<RunningAgent>? started = null)
    {
        var logger = loggers.CreateLogger("Gatehouse.Agent");
        var (acceptable, policies) = ReadPolicies(options, environment);
        if (!acceptable)
        {
            return ExitStatus.BadInput;
        }

        try
        {
            if (!options.Seal && environment.IsSealed())
            {
                // The kernel knows it as the agent whatever it is told: by other options it would be a way to other policies.
                throw new KernelGateException(
                    GateFailure.OperationFailed, "this host is sealed; start the agent with --seal and the options that it was sealed with, or reboot");
            }

            // May execute this program once more.
            using var shield = options.Seal ? environment.OpenShield(options) : null;
            using var socket = ControlSocket.Claim(options.SocketPath);

            // Before the rest, so that it comes up behind the seal.
            using var sealer = shield is null ? null : Seal(shield, options, environment, logger);
            using var gate = environment.OpenGate(options);
            logger.LogInformation("{How} ({Fingerprint}).", gate.TookOver ? "Took over the attached programs" : "Attached the programs", gate.ObjectFingerprint);
            await using var agent = new RunningAgent(gate, sealer, options, environment, loggers);
            // Before the policies, so that their first decision knows what is trusted.
            agent.Trust.Load();
            agent.Enforcer.Begin(policies);
            if (agent.Enforcer.Current is not null)
            {
                agent.Selftests.CleanUp();
            }

            if (!agent.Canary.ProveOnce())
            {
                logger.LogCritical("The programs are attached but do not decide. What is pinned stays; `gatehouse doctor` says what is missing.");
                return ExitStatus.CannotEnforce;
            }

            await agent.StartAsync(socket.SocketPath, cancellationToken);
            logger.LogInformation("Every canary denial happened. Serving at {Socket}.", socket.SocketPath);
            sealer?.Keep();
            ReadyNotification.Ready();
            started?.Invoke(agent);
            await agent.WaitForShutdownAsync(cancellationToken);
            ReadyNotification.Stopping();
            logger.LogInformation("The agent ends; the rules stay in force.");
            return ExitStatus.Ok;
        }
        catch (KernelGateException e)
        {
            logger.LogCritical("The kernel side: {Reason}", e.Message);
            logger.LogDebug(e, "Where it failed.");
            if (e.Details is { } details)
            {
                // A verifier log has lines that a one-line log format would destroy.
                await environment.Error.WriteLineAsync(details);
            }

            return e.Failure == GateFailure.OperationFailed ? ExitStatus.Failed : ExitStatus.CannotEnforce;
        }
        catch (ControlSocketException e)
        {
            logger.LogCritical("The control socket cannot be made: {Reason}", e.Message);
            return e.IsTaken ? ExitStatus.AnotherAgent : ExitStatus.Failed;
        }
    }

    private static Sealer Seal(IKernelShield shield, AgentOptions options, AgentEnvironment environment, ILogger logger) => Sealer.Begin(
        shield,
        () => environment.SealScope(options),
        Environment.ProcessPath!,
        SealScope.Digest(options),
        environment.Time,
        logger);

    private static (bool Acceptable, PolicySet? Policies) ReadPolicies(AgentOptions options, AgentEnvironment environment)
    {
        if (options.PolicyPaths.Count == 0)
        {
            return (true, null);
        }

        IReadOnlyList<PolicySource> sources;
        try
        {
            sources = [.. PolicyFileReader.Read(options.PolicyPaths, PolicyLimits.MaxFileBytes)
                .Select(static f => new PolicySource(f.Path, f.Bytes))];
        }
        catch (IOException e)
        {
            environment.Error.WriteLine("gatehoused: " + e.Message);
            return (false, null);
        }

        var (set, diagnostics) = PolicySet.Compile(sources, options.Seal ? [SelfProtection.Of(Environment.ProcessPath!)] : null);
        IReadOnlyList<PolicyDiagnostic> findings = set is null ? [] :
        [
            .. new LockOutGuard(environment.VitalFiles).Check(set),
            .. ProtectionGuard.Check(set, options.Seal, SealScope.OwnFolders(options)),
        ];
        foreach (var diagnostic in diagnostics.Concat(findings))
        {
            var source = sources.FirstOrDefault(s => string.Equals(s.FileName, diagnostic.File, StringComparison.Ordinal));
            environment.Error.WriteLine(DiagnosticText.Render(diagnostic, source is null ? null : Encoding.UTF8.GetString(source.Bytes.Span)));
        }

        if (set is not null && findings.Count == 0)
        {
            return (true, set);
        }

        environment.Error.WriteLine("gatehoused: the policies have errors; nothing was attached or changed");
        return (false, null);
    }
}
