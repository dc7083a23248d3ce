using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Clients;

/// <summary>
/// A client of the agent on this host: policies under its own name, events, and who else there is. See <c>docs/reference/clients.md</c>.
/// </summary>
/// <remarks>
/// <para>Safe for use by several threads; requests are answered one after the other. Needs an agent on Linux 6.1 or newer.</para>
/// <para>When the agent is restarted the client connects anew by itself (<see cref="GatehouseClientOptions.ReconnectFor"/>) and has the same
/// name, altitude and classes. Requests that are made meanwhile wait; one that was under way fails, since nobody knows what became of it.</para>
/// </remarks>
public sealed partial class GatehouseClient : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly Lock _lock = new();
    private readonly Task _keeping;
    private TaskCompletionSource<Session> _session = NewSession();
    private volatile bool _left;
    private int _disposed;

    private GatehouseClient(GatehouseClientOptions options, Session session)
    {
        Options = options;
        Welcome = session.Welcome;
        _session.SetResult(session);
        _keeping = Task.Run(() => KeepAsync(session), CancellationToken.None);
    }

    /// <summary>What it was connected with.</summary>
    public GatehouseClientOptions Options { get; }

    /// <summary>What the agent said last when it let the client in.</summary>
    public ClientWelcome Welcome { get; private set; }

    /// <summary>How it stands to its agent.</summary>
    public ClientConnectionState State { get; private set; }

    /// <summary>Called with each new state, on a thread of the pool. Must not throw.</summary>
    public Action<ClientConnectionState>? StateChanged { get; set; }

    /// <summary>Connects and registers a session.</summary>
    /// <param name="options">Who the client is.</param>
    /// <param name="cancellationToken">Gives up; no session is left behind.</param>
    /// <returns>The client; disposing it leaves.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>what</term><description>how it ends</description></listheader>
    /// <item><term>nobody listens, or this user may not connect</term><description><see cref="AgentUnreachableException"/></description></item>
    /// <item><term>the process is not the registered client; altitude or class beyond the registration</term>
    /// <description><see cref="ClientRefusedException"/>, <see cref="ClientRefusalReason.NotPermitted"/></description></item>
    /// <item><term>the name has a session</term><description>… <see cref="ClientRefusalReason.NameTaken"/></description></item>
    /// <item><term>another connected client has the altitude</term><description>… <see cref="ClientRefusalReason.AltitudeTaken"/></description></item>
    /// <item><term>a class that this agent or kernel does not have</term>
    /// <description>… <see cref="ClientRefusalReason.Unsupported"/>; the message says what is needed</description></item>
    /// <item><term>the kernel cannot refuse everything, and <see cref="GatehouseClientOptions.AcceptPartly"/> is false</term>
    /// <description>… <see cref="ClientRefusalReason.PartlyEnforced"/>, with <see cref="ClientRefusedException.Missing"/></description></item>
    /// <item><term>the package and the agent speak different versions</term><description>… <see cref="ClientRefusalReason.ProtocolVersion"/></description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="AgentUnreachableException">See above.</exception>
    /// <exception cref="ClientRefusedException">See above.</exception>
    /// <exception cref="ControlProtocolException">The agent broke off.</exception>
    /// <exception cref="ArgumentException">There is no name, or the altitude is below zero.</exception>
    public static async Task<GatehouseClient> ConnectAsync(GatehouseClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Name.Length == 0 || options.Altitude < 0)
        {
            throw new ArgumentException("a client has a name, and an altitude from 0", nameof(options));
        }

        return new GatehouseClient(options, await OpenAsync(options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Puts policies in force, all or none; one with the name of a policy that the client has replaces it.</summary>
    /// <param name="files">The policies: <c>metadata.client</c> is the client's name.</param>
    /// <param name="cancellationToken">Gives up waiting; whether they are in force is then not known, and the session begins anew.</param>
    /// <returns>All policies in force, other clients' too.</returns>
    /// <exception cref="ControlProblemException">
    /// <c>policy-refused</c>: they have errors, or are beyond what the client is registered for (name, classes, altitudes, quotas, asking);
    /// <see cref="ProblemDocument.Diagnostics"/> says where. <c>sealed</c>, <c>trial-runs</c>, <c>policies-unknown</c>, <c>kernel-refused</c>: as
    /// the control API. What was in force stays.
    /// </exception>
    public async Task<ApplyPoliciesResult> ApplyPoliciesAsync(IReadOnlyList<PolicyFile> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        return Expect<AppliedAnswer>(await AskAsync(new ApplyRequest(files), cancellationToken).ConfigureAwait(false)).Result;
    }

    /// <summary>Takes policies of the client out of force.</summary>
    /// <param name="name">Which; null: all that it has.</param>
    /// <param name="cancellationToken">Gives up waiting; whether they are out of force is then not known, and the session begins anew.</param>
    /// <returns>All policies in force, other clients' too.</returns>
    /// <exception cref="ControlProblemException"><c>no-such-policy</c>: it has none of that name; others as <see cref="ApplyPoliciesAsync"/>.</exception>
    public async Task<ApplyPoliciesResult> RemovePoliciesAsync(string? name = null, CancellationToken cancellationToken = default) =>
        Expect<AppliedAnswer>(await AskAsync(new RemoveRequest(name), cancellationToken).ConfigureAwait(false)).Result;

    /// <summary>All clients: those that are registered, those that are connected, and what each has in force.</summary>
    /// <param name="cancellationToken">Gives up waiting; the session begins anew.</param>
    public async Task<ClientList> GetClientsAsync(CancellationToken cancellationToken = default) =>
        Expect<ListAnswer>(await AskAsync(new ListRequest(), cancellationToken).ConfigureAwait(false)).List;

    /// <summary>Ends the session.</summary>
    /// <param name="policies">What becomes of its policies; null: <see cref="GatehouseClientOptions.PoliciesAtEnd"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the agent ends the session all the same.</param>
    public async Task LeaveAsync(PoliciesAtEnd? policies = null, CancellationToken cancellationToken = default)
    {
        Task<Session> current;
        lock (_lock)
        {
            _left = true;
            current = _session.Task;
        }

        if (current is { IsCompletedSuccessfully: true } && !current.Result.Connection.Ended.IsCompleted)
        {
            try
            {
                await current.Result.Connection.AskAsync(new LeaveRequest(policies), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ControlProtocolException or ConnectionEndedException)
            {
                // The agent is gone; there is nothing to leave.
            }
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the session; its policies stay or go as it chose.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _leaving.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        _leaving.Dispose();
    }

    private static T Expect<T>(ClientAnswer answer)
        where T : ClientAnswer => answer as T ?? throw new ControlProtocolException($"the agent answered with {answer.GetType().Name}");

    private async Task<ClientAnswer> AskAsync(ClientRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await SessionAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await session.Connection.AskAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectionEndedException)
            {
                // Not sent. The keeper is about to see the end, too, and to put another session in its place.
                await session.Connection.Ended.ConfigureAwait(false);
                await session.Replaced.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
