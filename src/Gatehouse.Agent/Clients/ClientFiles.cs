using System.Globalization;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Clients;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;
using PolicySet = Gatehouse.Agent.Enforcement.PolicySet;

namespace Gatehouse.Agent.Clients;

/// <summary>What the files of <c>clients.d</c> say at one moment.</summary>
/// <param name="Clients">By name.</param>
/// <param name="Problems">A file with an error registers nobody. Closed: its client is not let in.</param>
/// <param name="IsEmpty">Whether there is no registration at all, not even a bad one.</param>
internal sealed record ClientFiles(
    IReadOnlyDictionary<string, RegisteredClient> Clients, IReadOnlyList<PolicyDiagnostic> Problems, bool IsEmpty)
{
    /// <summary>Codes of what the agent finds beside the parser; documented in docs/reference/clients.md.</summary>
    public const string Unreadable = "GH4101";
    public const string Unsafe = "GH4102";
    public const string UnknownUser = "GH4103";
    public const string DuplicateClient = "GH4104";
    public const string TooMany = "GH4105";

    /// <summary>More are not read: the folder is looked at for each connection.</summary>
    public const int Most = 64;

    private const uint WritableByOthers = 0x12;

    public static ClientFiles None { get; } =
        new(new Dictionary<string, RegisteredClient>(StringComparer.Ordinal), [], IsEmpty: true);

    /// <summary>Reads the folder. A file that cannot be used is reported, and keeps no other from being used.</summary>
    /// <param name="directory">The folder; if it is not there, nobody is registered.</param>
    /// <param name="owners">Who may own it and its files.</param>
    public static ClientFiles Read(string directory, IReadOnlySet<uint> owners)
    {
        var problems = new List<PolicyDiagnostic>();
        string[] files;
        try
        {
            if (!Directory.Exists(directory))
            {
                return None;
            }

            files = [.. Directory.GetFiles(directory, "*.yaml").Order(StringComparer.Ordinal)];
            if (files.Length > 0 && ProblemOf(directory, HostFile.TryRead(directory), owners) is { } problem)
            {
                // Whoever may write here may put any file here: none of them counts.
                return new ClientFiles(None.Clients, [Problem(directory, Unsafe, problem)], IsEmpty: false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ClientFiles(None.Clients, [Problem(directory, Unreadable, e.Message)], IsEmpty: false);
        }

        var clients = new Dictionary<string, RegisteredClient>(StringComparer.Ordinal);
        foreach (var file in files.Take(Most))
        {
            Add(file, owners, clients, problems);
        }

        if (files.Length > Most)
        {
            problems.Add(Problem(files[Most], TooMany, string.Create(CultureInfo.InvariantCulture, $"there are {files.Length} files; from this one on they are not read: at most {Most} clients are registered")));
        }

        return new ClientFiles(clients, problems, files.Length == 0);
    }

    private static void Add(
        string path, IReadOnlySet<uint> owners, Dictionary<string, RegisteredClient> clients, List<PolicyDiagnostic> problems)
    {
        byte[] bytes;
        try
        {
            using var file = OpenedFile.Open(path);
            if (ProblemOf(path, file.OwnerUid, file.IsWritableByOthers, owners) is { } problem)
            {
                problems.Add(Problem(path, Unsafe, problem));
                return;
            }

            bytes = file.Read(ClientLimits.MaxFileBytes + 1);
        }
        catch (IOException e)
        {
            problems.Add(Problem(path, Unreadable, e.Message));
            return;
        }

        var parsed = ClientParser.Parse(new PolicySource(path, bytes));
        problems.AddRange(PolicySet.Convert(parsed.Diagnostics));
        if (parsed.Client is not { } client)
        {
            return;
        }

        if (HostUsers.Find(client.User) is not { } uid)
        {
            problems.Add(Problem(path, UnknownUser, $"there is no user \"{client.User}\" in /etc/passwd", client.UserSpan));
        }
        else if (clients.TryGetValue(client.Name, out var other))
        {
            problems.Add(Problem(path, DuplicateClient, $"{Path.GetFileName(other.Definition.FileName)} registers \"{client.Name}\" already", client.NameSpan));
        }
        else
        {
            clients.Add(client.Name, new RegisteredClient(client, uid));
        }
    }

    private static string? ProblemOf(string path, HostFile? file, IReadOnlySet<uint> owners) =>
        file is null ? $"{path} cannot be looked at" : ProblemOf(path, file.OwnerUid, (file.Mode & WritableByOthers) != 0, owners);

    private static string? ProblemOf(string path, uint owner, bool isWritableByOthers, IReadOnlySet<uint> owners) =>
        !owners.Contains(owner) ? string.Create(CultureInfo.InvariantCulture, $"{path} belongs to user {owner}, who could register whom he likes; it must be root's")
        : isWritableByOthers ? $"{path} can be written by its group or by everybody, who could register whom they like; chmod go-w"
        : null;

    private static PolicyDiagnostic Problem(string file, string code, string message, SourceSpan? span = null) => new()
    {
        Code = code,
        Severity = PolicyWords.Of(DiagnosticSeverity.Error),
        Message = message,
        File = file,
        Line = span?.StartLine ?? 0,
        Column = span?.StartColumn ?? 0,
        EndLine = span?.EndLine ?? 0,
        EndColumn = span?.EndColumn ?? 0,
    };
}
