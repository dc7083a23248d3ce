using Gatehouse.Kernel;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Enforcement;

/// <summary>
/// Acts when canary denials do not happen, as the owner chose. Not at the first round: a round can also fail for want of memory or processes, and what
/// is done here cannot be taken back.
/// </summary>
internal sealed class CanaryResponse(FailureResponse response, ILogger logger)
{
    /// <summary>Rounds in a row, a second apart at least.</summary>
    public const int Rounds = 3;

    private int _failed;

    /// <summary>The names of the network interfaces.</summary>
    public Func<IEnumerable<string>> Interfaces { get; init; } = static () => Directory.EnumerateFileSystemEntries("/sys/class/net").Select(static p => Path.GetFileName(p)!);

    /// <summary>Takes one of them down; why not, or null.</summary>
    public Func<string, string?> TakeDown { get; init; } = HostResponse.TakeDown;

    /// <summary>Ends the kernel; returns only if it could not.</summary>
    public Action Panic { get; init; } = HostResponse.CrashOrRestart;

    /// <summary>Tells how a round ended.</summary>
    /// <returns>Whether another one is to be made at once, because something is to be done if it fails, too.</returns>
    public bool After(bool proven)
    {
        _failed = proven ? 0 : _failed + 1;
        if (proven || response == FailureResponse.Report)
        {
            return false;
        }

        if (_failed < Rounds)
        {
            return true;
        }

        // At each round from here on: whoever undoes it has until the next.
        if (response == FailureResponse.Isolate)
        {
            Isolate();
            return true;
        }

        logger.LogCritical("Enforcement could not be proven in {Rounds} rounds: the kernel is crashed, as the owner chose.", _failed);
        Panic();
        logger.LogCritical("The kernel could be neither crashed nor restarted.");
        return true;
    }

    private void Isolate()
    {
        try
        {
            foreach (var name in Interfaces().Where(static n => n is not "lo"))
            {
                var problem = TakeDown(name);
                logger.LogCritical(
                    "Enforcement could not be proven in {Rounds} rounds: network interface {Name} is taken down, as the owner chose ({Outcome}).",
                    _failed, name, problem ?? "done");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogCritical(e, "Network interfaces cannot be listed; the host is not isolated.");
        }
    }
}
