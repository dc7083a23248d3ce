namespace Gatehouse.Policy;

/// <summary>One program, taken by one of its names, at one of the paths where it was found, and with one hash.</summary>
/// <param name="Facts">All that is known of it.</param>
/// <param name="Name">Null: no name, so that no test of a name holds.</param>
/// <param name="File">Null: found nowhere, so that no test that it is one of several files holds.</param>
/// <param name="Hash">Null: no hash, so that no test of the hash holds, not even a negated one.</param>
internal sealed record ProgramView(ProgramFacts Facts, ProgramName? Name, string? File, string? Hash)
{
    /// <summary>Of an image: null if it is not known, so that no test of the trust holds, not even a negated one.</summary>
    public string? Trust { get; init; }

    /// <summary>
    /// No name at all, and each of the program's, as it is spelled and as each path of the policy that was resolved to it.
    /// </summary>
    public static IEnumerable<ProgramName?> NamesOf(PolicyImage image, ProgramFacts program)
    {
        yield return null;
        foreach (var name in BoundPathsOf(image, program).Prepend(program.Path).OfType<string>())
        {
            yield return new ProgramName(name, name);
            foreach (var path in image.Links.PathsOf(name))
            {
                yield return new ProgramName(name, path);
            }
        }
    }

    /// <summary>The paths of the policy at which the program was found.</summary>
    public static IEnumerable<string> BoundPathsOf(PolicyImage image, ProgramFacts program) =>
        program.BoundPaths.Where(path => image.FindBound(path) is not null);
}
