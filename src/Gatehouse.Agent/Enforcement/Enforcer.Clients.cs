using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Changes that a client makes of its own policies.</summary>
internal sealed partial class Enforcer
{
    /// <summary>Adds or replaces policies, if somebody has nothing against the set that would come into force.</summary>
    /// <param name="files">The policies.</param>
    /// <param name="check">From what is in force and what would be to findings; one finding refuses all.</param>
    /// <param name="cancellationToken">Gives up waiting for other changes; one that has begun is made.</param>
    public Task<ChangeOutcome> ApplyAsync(
        IReadOnlyList<PolicyFile> files, Func<PolicySet?, PolicySet, IReadOnlyList<PolicyDiagnostic>> check, CancellationToken cancellationToken) =>
        ChangeAsync(current => Merge(current!, files), new ChangeRules(ReplacesAll: false) { Check = check }, cancellationToken);

    /// <summary>Removes policies of a client.</summary>
    /// <param name="client">Whose.</param>
    /// <param name="name">Which; null: all. If it has none of that name, or none at all, the outcome is <see cref="ChangeOutcome.NoSuchPolicy"/>.</param>
    /// <param name="cancellationToken">Gives up waiting for other changes; one that has begun is made.</param>
    public Task<ChangeOutcome> RemoveOfAsync(string client, string? name, CancellationToken cancellationToken)
    {
        bool IsMeant(ActivePolicy policy) => !policy.IsBuiltIn
            && string.Equals(policy.Document.Client, client, StringComparison.Ordinal) && (name is null || Is(policy, name));
        return ChangeAsync(
            current => current!.Policies.Any(IsMeant)
                ? [.. current.Policies.Where(p => !p.IsBuiltIn && !IsMeant(p)).Select(static p => p.File)]
                : null,
            new ChangeRules(ReplacesAll: false),
            cancellationToken);
    }
}
