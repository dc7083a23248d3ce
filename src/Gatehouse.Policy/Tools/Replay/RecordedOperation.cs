using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>An operation as an event recorded it, which may lack facts that a policy asks for.</summary>
/// <param name="Facts">What is recorded; what is missing has the value of a fact that is not given.</param>
/// <param name="Missing">
/// Names of fields that the event does not tell, such as <c>process.sha256</c>, and <see cref="Ancestors"/>.
/// </param>
public sealed record RecordedOperation(OperationFacts Facts, ImmutableHashSet<string> Missing)
{
    /// <summary>Stands among <see cref="Missing"/> for the programs that <c>ancestor(…)</c> looks at.</summary>
    public const string Ancestors = "ancestor";

    /// <summary>Stands among <see cref="Missing"/> for what clients said of the image.</summary>
    public const string Answers = "image.answers";

    /// <summary>Those of <see cref="Missing"/> that were recorded and cut, because they did not fit.</summary>
    public ImmutableHashSet<string> Cut { get; init; } = [];
}
