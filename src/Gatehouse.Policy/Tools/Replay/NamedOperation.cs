namespace Gatehouse.Policy;

/// <summary>
/// A recorded operation with the names of its programs, which are found once: a policy may have thousands of paths that each
/// might lead to one of them, and thousands of rules.
/// </summary>
internal sealed class NamedOperation(PolicyImage image, RecordedOperation recorded)
{
    private readonly Dictionary<ProgramFacts, IReadOnlyList<ProgramName?>> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ProgramFacts, IReadOnlyList<string?>> _files = new(ReferenceEqualityComparer.Instance);

    public PolicyImage Image => image;

    public RecordedOperation Recorded => recorded;

    public IReadOnlyList<ProgramName?> NamesOf(ProgramFacts program)
    {
        if (!_names.TryGetValue(program, out var names))
        {
            names = [.. ProgramView.NamesOf(image, program)];
            _names.Add(program, names);
        }

        return names;
    }

    /// <summary>
    /// The paths of the policy that lead to the program, by symbolic links too, and null for none: tests that say which file
    /// it is look at one of them.
    /// </summary>
    public IReadOnlyList<string?> FilesOf(ProgramFacts program)
    {
        if (!_files.TryGetValue(program, out var files))
        {
            files =
            [
                null,
                .. image.BoundPaths.Select(static b => b.Path).Where(path => program.BoundPaths.Contains(path, StringComparer.Ordinal)
                    || (image.Links.OfPath(path) is { } leadsTo && program.BoundPaths.Contains(leadsTo, StringComparer.Ordinal))),
            ];
            _files.Add(program, files);
        }

        return files;
    }
}
