using System.Globalization;
using System.Text;
using Gatehouse.Agent.Composition;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;

namespace Gatehouse.Agent.Sealing;

/// <summary>
/// Has the shield know this process as the agent. It does so at an exec only, and only in an environment from which no code comes; so the
/// agent executes itself once more, under the same process id, if it was started in another one.
/// </summary>
internal static class KeeperStart
{
    /// <summary>Set for the second execution, so that one that is not recognised either ends with a reason.</summary>
    public const string Marker = "GATEHOUSE_KEEPER";

    /// <summary>systemd leaves processes whose name begins so alone when it ends all others before a shutdown; nobody could end this one.</summary>
    private const string NameForShutdown = "@gatehoused";

    /// <summary>The runtime then opens no port by which others could bring code into this process. The shield demands it.</summary>
    private const string NoDiagnostics = "DOTNET_EnableDiagnostics=0";

    /// <summary>As in bpf/shield/keepers.c, which takes no others.</summary>
    private static readonly string[] s_kept = ["PATH", "NOTIFY_SOCKET", "JOURNAL_STREAM", "INVOCATION_ID", "WATCHDOG_PID", "WATCHDOG_USEC"];

    /// <summary>Loads the shield or takes it over, as the agent. May not return: the process then executes itself once more.</summary>
    /// <exception cref="KernelGateException">The kernel has no shield, or does not know this process as the agent.</exception>
    public static IKernelShield Open(AgentOptions options)
    {
        var program = Environment.ProcessPath ?? throw Unknown("this process does not know its program");
        if (!Path.GetFileName(program).StartsWith("gatehoused", StringComparison.Ordinal))
        {
            throw Unknown($"{program} runs other programs, too; sealing needs the agent's own, gatehoused");
        }

        var pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var isSecond = string.Equals(Environment.GetEnvironmentVariable(Marker), pid, StringComparison.Ordinal);
        try
        {
            var shield = KernelShield.AttachOrTakeOver();
            if (shield.Keeper == (uint)Environment.ProcessId)
            {
                // The first execution could not, if a group from before the seal is kept.
                ControlGroup.EnterOwn();

                OwnProcess.HideMemory();
                return shield;
            }

            using (shield)
            {
                if (isSecond)
                {
                    throw Unknown("the kernel does not know this process as the agent: it must be started on the host (namespaces, root directory), "
                        + "without seccomp filters, and not under a debugger");
                }

                shield.SetKeeper(program);
            }
        }
        catch (KernelGateException e) when (e.Failure == GateFailure.Sealed && !isSecond)
        {
            // Sealed by an earlier agent: this one is known from the next exec on.
        }

        House.Settle(options.OnCanaryFailure);
        var problem = OwnProcess.Execute(program, Arguments(File.ReadAllBytes("/proc/self/cmdline")), Environs(pid, Environment.GetEnvironmentVariable));
        throw Unknown($"{program} could not be executed once more: {problem}");
    }

    /// <summary>The arguments of a command line as procfs shows it, under the name for the second execution.</summary>
    public static IReadOnlyList<string> Arguments(ReadOnlySpan<byte> commandLine)
    {
        var texts = Encoding.UTF8.GetString(commandLine).Split('\0');

        // Each ends with a NUL, so after the last there is an empty one more.
        return [NameForShutdown, .. texts.Skip(1).SkipLast(1)];
    }

    /// <summary>The environment for the second execution.</summary>
    /// <param name="pid">This process.</param>
    /// <param name="variable">From a name to its value, or null.</param>
    public static IReadOnlyList<string> Environs(string pid, Func<string, string?> variable) =>
    [
        .. s_kept.Select(n => (Name: n, Value: variable(n))).Where(static v => v.Value is not null).Select(static v => $"{v.Name}={v.Value}"),
        NoDiagnostics,
        $"{Marker}={pid}",
    ];

    private static KernelGateException Unknown(string why) => new(GateFailure.CannotProtect, "cannot seal: " + why);
}
