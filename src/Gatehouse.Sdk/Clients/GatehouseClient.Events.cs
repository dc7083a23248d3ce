using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Clients;

/// <content>Events.</content>
public sealed partial class GatehouseClient
{
    /// <summary>Begins to get events, from now on.</summary>
    /// <param name="filter">Which; null: all of the client's classes but the default mutes.</param>
    /// <param name="cancellationToken">Gives up; there is no subscription then.</param>
    /// <returns>The subscription; disposing it ends it.</returns>
    /// <exception cref="ClientRefusedException"><see cref="ClientRefusalReason.QuotaExceeded"/>: it has as many as its registration allows.</exception>
    /// <exception cref="AgentUnreachableException">The agent is gone, and none came back in time.</exception>
    /// <exception cref="ArgumentException">The filter has more mutes than are possible, or one without a path.</exception>
    public async Task<EventSubscription> SubscribeAsync(EventFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new EventFilter();
        if (filter.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(filter));
        }

        var subscription = new EventSubscription(this, filter);
        try
        {
            await subscription.JoinAsync(cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the agent of now said; waits for one.</summary>
    internal async Task<ClientWelcome> WelcomeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await SessionAsync(cancellationToken).ConfigureAwait(false);
            if (!session.Connection.Ended.IsCompleted)
            {
                return session.Welcome;
            }

            await session.Replaced.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
