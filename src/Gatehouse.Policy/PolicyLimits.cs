namespace Gatehouse.Policy;

/// <summary>
/// The bounds of this form of the policy language. Each has a diagnostic that names the number and the place.
/// </summary>
public static class PolicyLimits
{
    /// <summary>Largest file, in bytes (8 MiB).</summary>
    public const int MaxFileBytes = 8 * 1024 * 1024;

    /// <summary>Most policies that can be in force together.</summary>
    public const int MaxPolicies = 16;

    /// <summary>Most rules in one policy.</summary>
    public const int MaxRulesPerPolicy = 10_000;

    /// <summary>Most rules in all policies together: a cached verdict has 14 bits for the rule, all ones for none.</summary>
    public const int MaxRules = 16_383;

    /// <summary>
    /// Most rows of an image, padding included. A row is one bit of every vector, so this also bounds
    /// <see cref="PolicyImage.WordCount"/> to 256 words, which the kernel side walks in a bounded loop.
    /// </summary>
    public const int MaxRows = 16_384;

    /// <summary>Most bytes of the vectors of an image (64 MiB).</summary>
    public const int MaxCellBytes = 64 * 1024 * 1024;

    /// <summary>Most steps of the plan of one operation.</summary>
    public const int MaxPlanSteps = 192;

    /// <summary>Most different ancestor tests; also of arguments, and of the names of environment variables.</summary>
    public const int MaxTests = 64;

    /// <summary>Most entries of the automaton of paths and texts (16 MiB in the kernel).</summary>
    public const int MaxAutomatonEntries = 1_048_576;

    /// <summary>Most different vectors of an image.</summary>
    public const int MaxValues = 65_536;

    /// <summary>Longest condition, in UTF-16 code units. What is longer belongs into sets.</summary>
    public const int MaxConditionLength = 1024 * 1024;

    /// <summary>How deep parentheses, <c>!</c> and <c>ancestor</c> may nest in a condition.</summary>
    public const int MaxConditionDepth = 64;

    /// <summary>How deep maps and lists may nest in the YAML; the schema itself needs four.</summary>
    public const int MaxYamlDepth = 16;

    /// <summary>Longest path, in bytes of UTF-8.</summary>
    public const int MaxPathBytes = 255;

    /// <summary>Highest value of <c>altitude</c>; the lowest is 0.</summary>
    public const int MaxAltitude = 1_000_000;

    /// <summary>
    /// Errors, and warnings, reported for one file; with more there is a closing diagnostic that says so.
    /// </summary>
    public const int MaxDiagnosticsPerFile = 200;

    /// <summary>
    /// Set elements that one file's conditions, or one compilation, may touch while they are brought to rows. Reached
    /// only by conditions built to be expensive; it keeps such a file from taking more than about a second.
    /// </summary>
    internal const long MaxSetWork = 20_000_000;
}
