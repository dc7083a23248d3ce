using System.Text;
using Gatehouse.Sdk.Clients.Wire;

namespace Gatehouse.Sdk.Clients;

/// <summary>Which events a subscription gets. The agent filters: what is muted is not sent, has no number and is no loss.</summary>
/// <remarks>
/// An event comes if it is of one of the <see cref="Operations"/> and no kind of mute keeps it back. A kind keeps an event back if one of its
/// mutes fits; if it is <see cref="Inverted"/>, if none fits. Losses are never muted.
/// </remarks>
public sealed record EventFilter
{
    /// <summary>Most mutes of a subscription.</summary>
    public const int MostMutes = 1_024;

    /// <summary>Most mutes by the beginning of a path: each is compared with each event.</summary>
    public const int MostPrefixes = 64;

    private const int LongestPath = 4_095;

    /// <summary>Operations, such as <c>process.exec</c>, and <c>agent</c> for the agent's own records; empty: all of the client's classes.</summary>
    public IReadOnlyList<string> Operations { get; init; } = [];

    /// <summary>The mutes.</summary>
    public IReadOnlyList<EventMute> Mutes { get; init; } = [];

    /// <summary>Kinds of which only what is named comes. A kind without a mute that is inverted lets nothing through.</summary>
    public IReadOnlyList<MuteKind> Inverted { get; init; } = [];

    /// <summary>Whether what the client's own process does is left out.</summary>
    public bool ExcludeOwn { get; init; }

    /// <summary>Whether the default set is muted: what the agent does, and the denials that it provokes to prove enforcement. True by default.</summary>
    public bool DefaultMutes { get; init; } = true;

    /// <summary>Looks whether it can be a filter.</summary>
    /// <returns>What is wrong with it, for people; null: nothing.</returns>
    public string? FindProblem()
    {
        var unknown = Operations.Concat(Mutes.SelectMany(static m => m?.Operations ?? [])).FirstOrDefault(static o => EventLayout.NumberOf(o) == 0);
        return unknown is not null ? $"\"{unknown}\" is no operation; there are {string.Join(", ", EventLayout.Operations.Skip(1))}"
            : Mutes.Count > MostMutes ? $"a filter has at most {MostMutes} mutes"
            : Mutes.Count(static m => m is { IsPrefix: true }) > MostPrefixes ? $"a filter has at most {MostPrefixes} mutes by the beginning of a path"
            : Mutes.Any(static m => m is null || (m.Kind != MuteKind.Process && !IsPath(m.Path))) ? $"a mute has a process, or a path of 1 to {LongestPath} bytes"
            : null;
    }

    private static bool IsPath(string? path) => !string.IsNullOrEmpty(path) && Encoding.UTF8.GetByteCount(path) <= LongestPath;
}
