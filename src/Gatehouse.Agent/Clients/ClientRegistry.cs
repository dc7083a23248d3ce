using System.Globalization;
using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Policies;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Clients;

/// <summary>
/// The clients that the owner has registered. The folder is read again when something in it has changed, at each question that is asked
/// here: a registration counts from the next connection on, and so does its end. Thread-safe.
/// </summary>
internal sealed class ClientRegistry(
    string directory, IReadOnlySet<uint> owners, HealthBoard health, ILogger<ClientRegistry> logger)
{
    private readonly Lock _lock = new();
    private ClientFiles _files = ClientFiles.None;
    private string? _version;

    public string Directory => directory;

    /// <summary>What the files say now.</summary>
    public ClientFiles Read()
    {
        lock (_lock)
        {
            var version = VersionOf(directory);
            if (!string.Equals(version, _version, StringComparison.Ordinal))
            {
                _files = ClientFiles.Read(directory, owners);
                _version = version;
                Report(_files);
            }

            return _files;
        }
    }

    private static string Text(PolicyDiagnostic problem) => problem.Line > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{problem.File}:{problem.Line}:{problem.Column}: {problem.Code}: {problem.Message}")
        : $"{problem.File}: {problem.Code}: {problem.Message}";

    // Which files there are and which version of each. ctime is in it: who sets mtime back after a change does not hide the change.
    private static string VersionOf(string directory)
    {
        try
        {
            var entries = System.IO.Directory.Exists(directory) ? System.IO.Directory.GetFiles(directory, "*.yaml") : [];
            Array.Sort(entries, StringComparer.Ordinal);
            return string.Join('\n', entries.Prepend(directory).Select(static e => $"{e} {HostFiles.Look(e)}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private void Report(ClientFiles files)
    {
        logger.LogInformation("{Directory} registers {Count} clients.", directory, files.Clients.Count);
        if (files.Problems.Count == 0)
        {
            health.Clear(HealthTopic.Clients);
            return;
        }

        foreach (var problem in files.Problems)
        {
            logger.LogError("{Problem}", Text(problem));
        }

        var more = files.Problems.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {files.Problems.Count - 1} more: gatehouse clients)");
        health.Set(HealthTopic.Clients, HealthLevel.Degraded, $"a client is not registered: {Text(files.Problems[0])}{more}");
    }
}
