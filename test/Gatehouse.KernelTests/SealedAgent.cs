using System.Diagnostics;
using Gatehouse.KernelTests.Guest;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Status;

namespace Gatehouse.KernelTests;

/// <summary>
/// An agent that has sealed the guest. Others are not asked to leave what they hold first: what is sealed stays so until the guest ends, unless
/// the owner's ticket says otherwise.
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
    public IReadOnlyList<string> Options => ["--seal", "--state-dir", State, "--question-watchdog", "10"];

    public int Pid => _process!.Id;

    public async ValueTask InitializeAsync()
    {
        GuestAgent.Detach();
        // Standard error to a file: what a test reads of it is there at once, and a pipe would end with this process.
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" 2>{LogFile}", "sh", Program, .. Options]) { UseShellExecute = false })!;
        await Eventually.Become(async () => _process.HasExited || await IsProvenAsync(), s_startPatience, () => $"the agent did not come up:\n{Log}");
        if (_process.HasExited)
            throw new InvalidOperationException($"the agent ended with status {_process.ExitCode}:\n{Log}");
    }

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

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
