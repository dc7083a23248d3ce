using System.CommandLine;
using System.Security.Cryptography;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Kernel;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Problems;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary>What the trust commands share: where the database is, who signs it, and what to do when it is refused.</summary>
internal sealed class TrustArguments
{
    public const string WriterStatuses = "0 ok, 1 failed: nothing was changed, or the agent refuses what was written; 2 bad input or usage";
    public const string ReaderStatuses = "0 ok, 1 failed, also if the database is refused; 2 bad usage";

    // Somebody else's scan of a large host takes minutes; an update behind it need not fail.
    private static readonly TimeSpan s_waitForOthers = TimeSpan.FromMinutes(5);

    private readonly CliContext _context;
    private readonly bool _writes;

    public TrustArguments(CliCommand command, CliContext context, bool writes)
    {
        _context = context;
        _writes = writes;
        command.Options.Add(Root);
        command.Options.Add(Database);
        command.Options.Add(Owner);
        if (writes)
        {
            command.Options.Add(Key);
            command.Options.Add(NoReload);
        }
    }

    private Option<string> Root { get; } = new("--root")
    {
        Description = "Another root file system: its packages, its database and its owner's key. The agent is not told.",
        HelpName = "DIR",
        DefaultValueFactory = static _ => "/",
    };

    private Option<string?> Database { get; } = new("--database")
    {
        Description = $"The trust database; {TrustFileOptions.DefaultPath} below the root by default.",
        HelpName = "FILE",
    };

    private Option<string?> Owner { get; } = new("--owner-key")
    {
        Description = $"The owner's public key; if it is there, the database must be signed by it. {TrustFileOptions.DefaultOwnerKeyPath} below the root by default.",
        HelpName = "FILE",
    };

    private Option<string?> Key { get; } = new("--key")
    {
        Description = "The owner's private key (PEM, ECDSA P-256), which signs the database.",
        HelpName = "FILE",
    };

    private Option<bool> NoReload { get; } = new("--no-reload") { Description = "Do not have the agent read the database again." };

    public string RootOf(ParseResult result) => Path.GetFullPath(result.GetValue(Root)!);

    public TrustDatabaseFile File(ParseResult result)
    {
        var root = RootOf(result);
        return new TrustDatabaseFile(new TrustFileOptions
        {
            Path = Path.GetFullPath(result.GetValue(Database) ?? Path.Join(root, TrustFileOptions.DefaultPath)),
            OwnerKeyPath = Path.GetFullPath(result.GetValue(Owner) ?? Path.Join(root, TrustFileOptions.DefaultOwnerKeyPath)),
            FlushDirectory = HostFiles.FlushDirectory,
        });
    }

    public static FileFacts? Look(string path) => HostFiles.Look(path) is { } f
        ? new FileFacts(f.Device, f.Inode, f.Mode, f.Size, f.ModifiedNanoseconds, f.ChangedNanoseconds)
        : null;

    public DpkgDatabase Packages(ParseResult result) => new(RootOf(result), Look);

    /// <summary>Begins a change with the key that was named, if one was.</summary>
    public T Change<T>(ParseResult result, bool fresh, Func<TrustDatabaseFile, TrustChange, ECDsa?, T> change)
    {
        var file = File(result);
        using var key = result.GetValue(Key) is { } path ? OwnerKey.ReadPrivate(path) : null;
        using var open = file.BeginChange(s_waitForOthers, fresh);
        return change(file, open, key);
    }

    /// <summary>Turns refusals into messages and exit statuses, and tells the agent of a change.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="work">Gives whether the agent has to read the database again.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public async Task<int> RunAsync(ParseResult result, Func<(int Status, bool Changed)> work, CancellationToken cancellationToken)
    {
        try
        {
            var (status, changed) = await Task.Run(work, CancellationToken.None);
            return changed && _writes && !result.GetValue(NoReload) && RootOf(result) is "/"
                ? Math.Max(status, await ReloadAsync(result, cancellationToken))
                : status;
        }
        catch (Exception e) when (IsCancellation(e))
        {
            return _context.Fail(ExitStatus.Failed, "cancelled; the database is unchanged");
        }
        catch (TrustInputException e)
        {
            return _context.Fail(ExitStatus.BadInput, e.Message);
        }
        catch (Exception e) when (e is TrustRefusedException or PackageDatabaseException)
        {
            return _context.Fail(ExitStatus.Failed, e.Message);
        }
    }

    /// <summary>Says something that is no failure, on standard error.</summary>
    public void Warn(string message) => _context.WriteError(new Report().Line(("gatehouse: warning: ", Tone.Warning), message));

    private static bool IsCancellation(Exception e) =>
        e is OperationCanceledException || (e is AggregateException all && all.Flatten().InnerExceptions.All(static i => i is OperationCanceledException));

    private async Task<int> ReloadAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var client = new ControlClient(result.GetValue(_context.Socket)!);
        try
        {
            var status = await client.ReloadTrustAsync(cancellationToken);
            _context.WriteError(new Report().Line($"the agent trusts {status.Digests} digests now"));
            return ExitStatus.Ok;
        }
        catch (AgentUnreachableException)
        {
            Warn("no agent answers; it reads the database when it starts");
            return ExitStatus.Ok;
        }
        catch (ControlProtocolException e)
        {
            return _context.Fail(ExitStatus.Failed, "the database is written, but the agent did not read it: " + e.Message);
        }
        catch (ControlProblemException e)
        {
            return _context.Fail(ExitStatus.Failed, $"the database is written, but the agent: {e.Problem.Title}: {e.Problem.Detail}");
        }
    }
}
