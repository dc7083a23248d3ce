using System.Diagnostics;
using Gatehouse.Kernel.Shielding;
using Gatehouse.KernelTests.Guest;
using Gatehouse.Sdk.Status;

namespace Gatehouse.KernelTests;

/// <summary>
/// An agent that has sealed the guest. A ticket of the owner's ends that after the tests, or nothing else could run in this guest.
/// </summary>
public sealed class SealedAgent : IAsyncLifetime
{
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(400);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private Process? _process;

    public static string Program { get; } = Path.Combine(InGuest.Repository, "build", "publish", "bin", "gatehoused");

    public ControlClient Client { get; } = new(answerTimeout: TimeSpan.FromMinutes(5));

    public string State { get; } = "/var/lib/gatehouse-sealed";

    public string LogFile { get; } = Path.Combine(Path.GetTempPath(), "gatehouse-sealed.log");

    /// <summary>The options by which another one would take over.</summary>
    public IReadOnlyList<string> Options => ["--seal", "--state-dir", State, "--owner-key", OwnerKey + ".pub", "--question-watchdog", "10"];

    /// <summary>Far from what is kept, as it should be.</summary>
    private static string OwnerKey { get; } = "/etc/gatehouse-owner/owner.pem";

    public int Pid => _process!.Id;

    public async ValueTask InitializeAsync()
    {
        GuestAgent.Detach();
        InGuest.Prepare($"[ -s /etc/machine-id ] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id; mkdir -p {Path.GetDirectoryName(OwnerKey)}; "
            + $"[ -e {OwnerKey} ] || gatehouse key new --out {OwnerKey}");
        await StartAsync();
    }

    /// <summary>Starts the agent and waits until it has proven that it enforces.</summary>
    public async Task StartAsync()
    {
        // Standard error to a file: what a test reads of it is there at once, and a pipe would end with this process.
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" 2>>{LogFile}", "sh", Program, .. Options]) { UseShellExecute = false })!;
        await Eventually.Become(async () => _process.HasExited || await IsProvenAsync(), s_startPatience, () => $"the agent did not come up:\n{Log}");
        if (_process.HasExited)
            throw new InvalidOperationException($"the agent ended with status {_process.ExitCode}:\n{Log}");
    }

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>Signs a ticket and uses it.</summary>
    /// <returns>What the command said, and the ticket's text.</returns>
    internal static (Outcome Used, string Ticket) UseTicket(string actions, string lasts)
    {
        var ticket = InGuest.Prepare($"gatehouse ticket new --key {OwnerKey} --allow {actions} --for {lasts} --host $(cat /etc/machine-id) --reason test");
        File.WriteAllText("/var/tmp/ticket", ticket);
        return (InGuest.Run("gatehouse", "ticket", "use", "/var/tmp/ticket"), ticket);
    }

    /// <summary>Has the owner's ticket let it be stopped, and stops it.</summary>
    public async Task StopAsync()
    {
        var (used, _) = UseTicket("stop", "1m");
        if (!used.Ran)
            throw new InvalidOperationException($"the ticket was refused: {used}");
        InGuest.Prepare($"kill -TERM {Pid}");
        await _process!.WaitForExitAsync();
    }

    /// <summary>Waits until what tickets allowed is ended: also one that an earlier agent was given goes on to its end.</summary>
    public Task IsKeptAgainAsync() => Eventually.Become(
        async () => await SealAsync() is { Sealed: true, ProcessKept: true }, TimeSpan.FromMinutes(4), () => $"it stays unsealed: {Log}");

    /// <summary>Waits until no ticket allows anything, such as to change policies.</summary>
    public Task TicketsAreOverAsync() => Eventually.Become(
        async () => (await Client.GetTicketsAsync()).Tickets.All(static t => t.ActiveUntil is null), TimeSpan.FromMinutes(4), () => "a ticket goes on");

    public async Task<SealStatus> SealAsync() => (await Client.GetStatusAsync()).Seal ?? throw new InvalidOperationException("the status has no seal");

    public async Task<ulong> CursorAsync() => (await Client.GetStatusAsync()).Events.LastCursor;

    /// <summary>Waits for a record of the agent's own.</summary>
    public async Task<AgentRecord> RecordAsync(ulong since, Func<AgentRecord, bool> fits)
    {
        AgentRecord? found = null;
        await Eventually.Become(
            async () =>
            {
                await foreach (var record in Client.ReadEventsAsync(new EventQuery { Since = since }))
                    found ??= record is AgentRecord own && fits(own) ? own : null;
                return found is not null;
            },
            s_patience,
            () => "no such event");
        return found!;
    }

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            var (used, _) = UseTicket("unseal,stop", "1h");
            if (used.Ran)
            {
                InGuest.Shell($"kill -KILL {Pid}");
                InGuest.Shell($"rm -rf {KernelShield.DefaultPinRoot}");
                GuestAgent.Detach();
            }
        }
        Client.Dispose();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> IsProvenAsync()
    {
        try
        {
            return (await Client.GetStatusAsync()).Enforcement.Proven;
        }
        catch (AgentUnreachableException)
        {
            return false; // the socket is not there yet
        }
    }
}
