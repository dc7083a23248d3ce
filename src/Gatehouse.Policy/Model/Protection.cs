using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>One entry of <c>protect</c>: processes and files that others shall not end, reach into or change, root included.</summary>
/// <remarks>
/// What concerns processes is expressed by rules (<see cref="PolicyDocument.Rules"/> has them, called after the protection) and decided as every rule is.
/// Files are kept by the shield, which an agent has that seals its host.
/// </remarks>
public sealed class Protection
{
    internal Protection()
    {
    }

    /// <summary>Name, unique in its file.</summary>
    public required string Name { get; init; }

    /// <summary>Programs whose processes are protected. They may change <see cref="Files"/> and reach each other.</summary>
    public required ImmutableArray<string> Processes { get; init; }

    /// <summary>Words of <c>open.right</c> that everybody keeps; <c>query</c> if not given.</summary>
    public required ImmutableArray<string> Keep { get; init; }

    /// <summary>Files, and folders with all that is in them and will be.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>Files, and folders of files, of which processes and updaters may have code beside <see cref="Files"/>; their content is kept.</summary>
    public required ImmutableArray<string> Libraries { get; init; }

    /// <summary>Other programs whose processes may change <see cref="Files"/> and reach <see cref="Processes"/>.</summary>
    public required ImmutableArray<string> Updaters { get; init; }

    /// <summary>For the events.</summary>
    public required RuleSeverity Severity { get; init; }

    /// <summary>ATT&amp;CK technique ids.</summary>
    public required ImmutableArray<string> Tags { get; init; }

    /// <summary>Free text, or empty.</summary>
    public required string Description { get; init; }

    /// <summary>Where its name is written.</summary>
    public required SourceSpan Span { get; init; }
}
