using Gatehouse.Kernel;
using Gatehouse.Sdk.Policies;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Policies that the agent brings along: by the seal and its tickets, and for a time. They are not saved, and no client changes them.</summary>
internal sealed partial class Enforcer
{
    /// <summary>As the seal has it.</summary>
    private IReadOnlyList<PolicyFile> _builtIn = [];

    /// <summary>For a time.</summary>
    private IReadOnlyList<PolicyFile> _brought = [];

    private IReadOnlyList<PolicyFile> BuiltIn => [.. _builtIn, .. _brought];

    /// <summary>Whether a policy that the agent brings along is in force.</summary>
    /// <param name="fileName">Its file name.</param>
    public bool HasBuiltIn(string fileName) =>
        Current?.Policies.Any(p => p.IsBuiltIn && string.Equals(p.File.Name, fileName, StringComparison.Ordinal)) ?? false;

    /// <summary>Exchanges the policies that the seal has, and loads those in force with them.</summary>
    /// <returns>Why they could not be loaded; null: they are in force.</returns>
    public string? UseBuiltIn(IReadOnlyList<PolicyFile> builtIn)
    {
        _changing.Wait();
        try
        {
            return ExchangeBuiltIn(builtIn);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Puts a policy in force for a time, beside all others. A seal does not keep it out: it is the agent's own.</summary>
    /// <returns>Why not, or null.</returns>
    /// <remarks>Not cancellable: who asked may be gone, what was loaded must be known.</remarks>
    public Task<string?> BringAsync(PolicyFile policy) => ChangeBroughtAsync(() =>
    {
        IReadOnlyList<PolicyFile> brought = [.. _brought, policy];
        var problem = Reload([.. _builtIn, .. brought]);
        _brought = problem is null ? brought : _brought;
        return problem;
    });

    /// <summary>Takes such a policy out of force.</summary>
    /// <returns>Why it goes on deciding, or null. The next change of policies leaves it out in any case.</returns>
    public Task<string?> TakeBackAsync(PolicyFile policy) => ChangeBroughtAsync(() =>
    {
        _brought = [.. _brought.Where(p => p != policy)];
        return Reload(BuiltIn);
    });

    private async Task<string?> ChangeBroughtAsync(Func<string?> change)
    {
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            return await Task.Run(change, CancellationToken.None);
        }
        finally
        {
            _changing.Release();
        }
    }

    private string? ExchangeBuiltIn(IReadOnlyList<PolicyFile> builtIn)
    {
        if (_current is null)
        {
            return "the policies in force are not known; apply policies with replaceAll";
        }

        if (_builtIn.SequenceEqual(builtIn))
        {
            return null;
        }

        var problem = Reload([.. builtIn, .. _brought]);
        _builtIn = problem is null ? builtIn : _builtIn;
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
            return diagnostics.First(static d => string.Equals(d.Severity, "error", StringComparison.Ordinal)).Message;
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
    private PolicySet WithBuiltIn(PolicySet set) => PolicySet.Compile(set.Files, BuiltIn).Set ?? set;
}
