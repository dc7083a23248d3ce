using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// The keys of a policy file and what stands for the ones that are left out: what the schema says and the parser accepts.
/// </summary>
internal static class DocumentKeys
{
    public const string ApiVersion = "gatehouse/v1";
    public const string DefaultClient = "local";
    public const int DefaultAltitude = 1_000;
    public const int LongestName = 63;

    /// <summary>The keys of a file.</summary>
    public static ImmutableArray<string> Policy { get; } = ["apiVersion", "metadata", "mode", "sets", "protect", "rules"];

    /// <summary>The keys under <c>metadata</c>.</summary>
    public static ImmutableArray<string> Metadata { get; } = ["name", "client", "altitude", "description"];

    /// <summary>The keys of a protection.</summary>
    public static ImmutableArray<string> Protection { get; } =
        ["name", "processes", "keep", "files", "libraries", "updaters", "severity", "tags", "description"];

    /// <summary>The keys of a rule.</summary>
    public static ImmutableArray<string> Rule { get; } =
        ["name", "on", "when", "action", "mode", "severity", "tags", "onFull", "onMiss", "description"];

    /// <summary>Words that conditions read as something else, so that no set can be called so, in any case of letters.</summary>
    public static ImmutableArray<string> ReservedWords { get; } =
    [
        .. new[] { "true", "false", "in", "and", "or", "not", "null", "ancestor" }
            .Concat(FieldCatalog.All.Select(f => f.Name.Split('.')[0]))
            .Distinct(StringComparer.Ordinal),
    ];
}
