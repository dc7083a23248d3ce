using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Turns parsed policies into one image. Pure: no files, no clock, no kernel; safe for use by several threads.
/// </summary>
public static class PolicyCompiler
{
    /// <summary>Compiles the policies that shall be in force together.</summary>
    /// <param name="documents">
    /// The policies, in any order: it does not change the image. None at all gives an image that allows everything.
    /// </param>
    /// <returns>The image, or the errors that concern several files or the whole set.</returns>
    public static PolicyCompilation Compile(IReadOnlyList<PolicyDocument> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var diagnostics = new DiagnosticBag();
        SetChecks.Check(documents, diagnostics);
        if (diagnostics.HasErrors)
        {
            return new PolicyCompilation(null, diagnostics.ToList());
        }

        var image = CompileAll(
            [.. documents.OrderByDescending(d => d.Altitude).ThenBy(d => d.Name, StringComparer.Ordinal)],
            PathLinks.None,
            diagnostics);
        return new PolicyCompilation(image, diagnostics.ToList());
    }

    /// <summary>
    /// The paths whose resolved spelling <see cref="Link"/> wants to know: the whole paths of the policies, and of the
    /// beginnings of paths the folders that they lie in. Sorted by ordinal comparison.
    /// </summary>
    public static ImmutableArray<string> PathsToResolve(PolicyImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return
        [
            .. image.BoundPaths.Select(p => p.Path)
                .Concat(image.Prefixes.Select(PathLinks.FolderOf).OfType<string>())
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Compiles again, each path (exact, or the folder of a prefix) standing for its resolved spelling too. Rules and rows keep
    /// their numbers; <see cref="PolicyImage.BoundPaths"/> keep the policy's spelling.
    /// </summary>
    /// <param name="image">What was compiled.</param>
    /// <param name="resolvedPaths">By path of the policy, what the host resolves it to. Paths may be missing.</param>
    /// <exception cref="InvalidOperationException">With the other spellings a limit is exceeded; the message says which.</exception>
    public static PolicyImage Link(PolicyImage image, IReadOnlyDictionary<string, string> resolvedPaths)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(resolvedPaths);
        var diagnostics = new DiagnosticBag();
        return CompileAll(image.Documents, new PathLinks(resolvedPaths), diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics.ToList()));
    }

    private static PolicyImage? CompileAll(ImmutableArray<PolicyDocument> ordered, PathLinks links, DiagnosticBag diagnostics)
    {
        ImageLimits.CheckRules(ordered, diagnostics);
        var rows = diagnostics.HasErrors ? [] : Lower(ordered, diagnostics);
        if (diagnostics.HasErrors)
        {
            return null;
        }

        var layout = ImageLayout.Create(ordered, rule => rows[rule]);
        ImageLimits.CheckRows(layout, diagnostics);
        return diagnostics.HasErrors ? null : ImageBuilder.Build(layout, ordered, links, diagnostics);
    }

    private static Dictionary<PolicyRule, IReadOnlyList<Conjunction>> Lower(
        ImmutableArray<PolicyDocument> documents, DiagnosticBag diagnostics)
    {
        var sets = new SetAlgebra(new WorkBudget(PolicyLimits.MaxSetWork));
        var rows = new Dictionary<PolicyRule, IReadOnlyList<Conjunction>>();
        foreach (var rule in documents.SelectMany(d => d.Rules))
        {
            var form = RuleRows.Of(rule, sets);
            if (!ComplexityCheck.Check(rule, form, diagnostics))
            {
                break;
            }

            rows.Add(rule, form.Conjunctions);
        }

        return rows;
    }
}
