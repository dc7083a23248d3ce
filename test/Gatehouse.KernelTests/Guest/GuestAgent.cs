using System.Diagnostics;
using System.Text;

namespace Gatehouse.KernelTests.Guest;

/// <summary>
/// A real agent in the guest. Disposing ends it and its policies. What is attached stays, because verifying it again takes the
/// emulated processor half a minute: the next agent takes it over, as after a crash.
/// </summary>
public class GuestAgent : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The kernel verifies every program first, which takes a minute of an emulated processor, and several on a busy host.</summary>
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(400);

    /// <summary>Folder of the agent's state.</summary>
    public static string State => s_state;

    /// <summary>The same for all agents of the guest: without saved policies none would end what an earlier one enforces.</summary>
    private static readonly string s_state = Directory.CreateTempSubdirectory("gatehouse-state-").FullName;

    private readonly StringBuilder _log = new();
    private Process? _process;
    private string? _rules;

    /// <summary>Waits longer than a person would: ten thousand rules take the emulated machine more than a minute.</summary>
    public ControlClient Client { get; } = new(answerTimeout: TimeSpan.FromMinutes(5));

    /// <summary>
    /// More of the agent's command line; set before it starts. An agent that asks clients must know that an emulated processor is slow.
    /// </summary>
    public IReadOnlyList<string> Options { get; init; } = ["--question-watchdog", "10"];

    /// <summary>The ring's size is fixed when the programs are attached.</summary>
    private bool HasOwnPrograms => Options.Contains("--ring-bytes", StringComparer.Ordinal);

    public int Pid => _process!.Id;

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts the agent and waits until it has proven that it enforces.</summary>
    public async Task StartAsync()
    {
        if (HasOwnPrograms && _process is null)
            Detach();
        Begin();
        await Eventually.Become(
            async () => _process!.HasExited || await IsProvenAsync(), s_startPatience, () => $"the agent did not come up:\n{Log}");
        if (_process!.HasExited)
            throw new InvalidOperationException($"the agent ended with status {_process.ExitCode}:\n{Log}");
    }

    /// <summary>Starts the agent and waits for nothing.</summary>
    public void Begin()
    {
        var start = new ProcessStartInfo(
            Path.Combine(InGuest.Repository, "build", "publish", "bin", "gatehoused"),
            ["--state-dir", s_state, .. Options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Append;
        _process.ErrorDataReceived += Append;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGSTOP and SIGCONT, for tests that need the ring to fill.</summary>
    public void Stop() => InGuest.Prepare($"kill -STOP {Pid}");

    public void Continue() => InGuest.Prepare($"kill -CONT {Pid}");

    /// <summary>Replaces all policies by one with these rules.</summary>
    public async Task<ulong> ApplyAsync(string rules, string mode = "enforce")
    {
        var generation = await ApplyAsync([new PolicyFile("test.yaml", Policy(rules, mode))]);
        _rules = mode + rules;
        return generation;
    }

    /// <summary>Replaces all policies by these.</summary>
    public async Task<ulong> ApplyAsync(IReadOnlyList<PolicyFile> policies)
    {
        _rules = null;
        return (await Client.ApplyPoliciesAsync(policies, replaceAll: true)).Generation;
    }

    /// <summary>The same, unless these rules are the ones in force: the end of one test is the beginning of the next.</summary>
    public async Task EnsureAsync(string rules)
    {
        if (!string.Equals(_rules, "enforce" + rules, StringComparison.Ordinal))
            await ApplyAsync(rules);
    }

    public static string Policy(string rules, string mode = "enforce", string name = "test") => $$"""
        apiVersion: gatehouse/v1
        metadata:
          name: {{name}}
        mode: {{mode}}
        rules:
        {{rules}}
        """;

    /// <summary>A rule that denies exec and load of whatever the condition names.</summary>
    public static string Deny(string name, string condition, string extra = "") => $$"""
          - name: {{name}}
            on: [process.exec, image.load]
            when: '{{condition}}'
            action: deny
            {{extra}}

        """;

    /// <summary>Records files in the trust database of the agent, which reads it again.</summary>
    public static void Trust(params string[] files) => TrustCommand("add", ["--source", "baseline", .. files]);

    /// <summary>Takes a database that was made before, with the notes that an update needs.</summary>
    public void UseTrust(string database)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(database)!, Path.GetFileName(database) + "*"))
            File.Copy(file, Path.Combine(s_state, Path.GetFileName(file)), overwrite: true);
        Client.ReloadTrustAsync().GetAwaiter().GetResult();
    }

    /// <summary>Calls `gatehouse trust` for the agent's database.</summary>
    public static void TrustCommand(string command, params string[] arguments)
    {
        var outcome = InGuest.Run("gatehouse", ["trust", command, "--database", $"{s_state}/trust.db", .. arguments]);
        if (!outcome.Ran)
            throw new InvalidOperationException($"trust {command}: {outcome}");
    }

    /// <summary>Nothing is trusted any more.</summary>
    public void EndTrust()
    {
        foreach (var file in Directory.EnumerateFiles(s_state, "trust.db*"))
            File.Delete(file);
        Client.ReloadTrustAsync().GetAwaiter().GetResult();
    }

    public async Task<ulong> CursorAsync() => (await Client.GetStatusAsync()).Events.LastCursor;

    /// <summary>The decisions since a cursor, waiting until one fits.</summary>
    public async Task<DecisionRecord> DecisionAsync(ulong since, Func<DecisionRecord, bool> fits)
    {
        DecisionRecord? found = null;
        await Eventually.Become(
            async () =>
            {
                // The agent's own canaries are refused at random moments, in every hook.
                found = (await RecordsAsync(since)).OfType<DecisionRecord>()
                    .Where(static d => !string.Equals(d.Reason, "canary", StringComparison.Ordinal)).FirstOrDefault(fits);
                return found is not null;
            },
            s_patience,
            () => "no such event");
        return found!;
    }

    public async Task<IReadOnlyList<StreamRecord>> RecordsAsync(ulong since)
    {
        var records = new List<StreamRecord>();
        await foreach (var record in Client.ReadEventsAsync(new EventQuery { Since = since }))
            records.Add(record);
        return records;
    }

    public async ValueTask DisposeAsync()
    {
        var clean = await TryEndPoliciesAsync();
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
        Client.Dispose();
        if (HasOwnPrograms || !clean)
            Detach();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends enforcement, which outlives the agent on purpose.</summary>
    public static void Detach()
    {
        if (Directory.Exists("/sys/fs/bpf/gatehouse"))
            InGuest.Prepare("rm -rf /sys/fs/bpf/gatehouse");
    }

    private async Task<bool> TryEndPoliciesAsync()
    {
        try
        {
            await Client.ApplyPoliciesAsync([], replaceAll: true);
            return true;
        }
        catch (Exception failure) when (failure is AgentUnreachableException or ControlProblemException or ControlProtocolException or OperationCanceledException)
        {
            return false;
        }
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

    private void Append(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
            _log.AppendLine(line.Data);
    }
}
