using Gatehouse.Kernel;
using Gatehouse.Sdk.Policies;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Policies that the agent brings along while it runs. They are not saved, and no client changes them; a seal does not keep them out.</summary>
internal sealed partial class Enforcer
{
    /// <summary>Puts a policy of the agent's own in force beside the others.</summary>
    /// <returns>Why not, or null.</returns>
    /// <remarks>Not cancellable: who asked may be gone, what was loaded must be known.</remarks>
    public Task<string?> BringAsync(PolicyFile policy) => ExchangeAsync([.. _builtIn.Where(p => !IsSame(p, policy)), policy], mustLoad: true);

    /// <summary>Takes such a policy out of force.</summary>
    /// <returns>Why it goes on deciding, or null. The next change of policies leaves it out in any case.</returns>
    public Task<string?> TakeBackAsync(PolicyFile policy) => ExchangeAsync([.. _builtIn.Where(p => !IsSame(p, policy))], mustLoad: false);

    private static bool IsSame(PolicyFile one, PolicyFile other) => string.Equals(one.Name, other.Name, StringComparison.Ordinal);

    private async Task<string?> ExchangeAsync(IReadOnlyList<PolicyFile> builtIn, bool mustLoad)
    {
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            return await Task.Run(() => Exchange(builtIn, mustLoad), CancellationToken.None);
        }
        finally
        {
            _changing.Release();
        }
    }

    private string? Exchange(IReadOnlyList<PolicyFile> builtIn, bool mustLoad)
    {
        var before = _builtIn;
        _builtIn = builtIn;
        var problem = Reload(builtIn);
        if (problem is not null && mustLoad)
        {
            _builtIn = before;
        }

        return problem;
    }

    private string? Reload(IReadOnlyList<PolicyFile> builtIn)
    {
        if (_current is not { } current)
        {
            return "the policies in force are not known";
        }

        var (set, diagnostics) = PolicySet.Compile(current.Files, builtIn);
        if (set is null)
        {
            var first = diagnostics.First(static d => string.Equals(d.Severity, "error", StringComparison.Ordinal));
            return $"{first.File}:{first.Line}: {first.Code}: {first.Message}";
        }

        if (lockOut.Check(set) is [var finding, ..])
        {
            return finding.Message;
        }

        try
        {
            // Not saved: during a trial the policies before it stay the saved ones.
            Load(set, save: false);
            return null;
        }
        catch (KernelGateException e)
        {
            logger.LogError(e, "The kernel refused the policies; generation {Generation} stays in force.", gate.Generation);
            return e.Message;
        }
    }

    /// <summary>A set of before with the policies that the agent brings along now.</summary>
    private PolicySet WithBuiltIn(PolicySet set) => PolicySet.Compile(set.Files, _builtIn).Set ?? set;
}
