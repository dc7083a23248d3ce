using Gatehouse.Agent.Enforcement;
using Gatehouse.Kernel;
using Gatehouse.Sdk;
using Gatehouse.Trust;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Composition;

/// <summary>What the command line says.</summary>
internal sealed record AgentOptions
{
    /// <summary>Policy files and directories; empty: go on with the saved policies.</summary>
    public IReadOnlyList<string> PolicyPaths { get; init; } = [];

    /// <summary>Where the policies in force are saved.</summary>
    public string StateDirectory { get; init; } = "/var/lib/gatehouse";

    /// <summary>The trust database; null: <c>trust.db</c> in <see cref="StateDirectory"/>.</summary>
    public string? TrustDatabasePath { get; init; }

    /// <summary>The owner's public key; if it is there, the trust database must be signed.</summary>
    public string OwnerKeyPath { get; init; } = TrustFileOptions.DefaultOwnerKeyPath;

    /// <summary>Where the owner registers clients.</summary>
    public string ClientsDirectory { get; init; } = GatehouseDefaults.ClientsDirectory;

    /// <summary>The control socket.</summary>
    public string SocketPath { get; init; } = GatehouseDefaults.SocketPath;

    /// <summary>The socket of clients, beside the control socket.</summary>
    public string ClientSocketPath => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(SocketPath))!, Path.GetFileName(GatehouseDefaults.ClientSocketPath));

    /// <summary>Which decisions are reported.</summary>
    public ReportMode Reporting { get; init; } = ReportMode.All;

    /// <summary>Size of the ring between kernel and agent, in bytes.</summary>
    public int RingBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long the agent may not say that it works, while files wait for it, before the kernel ends it.</summary>
    public TimeSpan QuestionWatchdog { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether what the agent is made of is kept from everybody until the next boot.</summary>
    public bool Seal { get; init; }

    /// <summary>What is done when enforcement cannot be proven any more.</summary>
    public FailureResponse OnCanaryFailure { get; init; } = FailureResponse.Report;

    /// <summary>The least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
