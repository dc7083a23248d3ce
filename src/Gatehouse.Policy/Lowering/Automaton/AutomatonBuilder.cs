using System.Text;

namespace Gatehouse.Policy;

/// <summary>Builds the three machines of an image and packs them into one table.</summary>
internal sealed class AutomatonBuilder
{
    private readonly PatternTable _patterns;
    private readonly PathLinks _links;

    private AutomatonBuilder(PatternTable patterns, PathLinks links)
    {
        _patterns = patterns;
        _links = links;
    }

    /// <returns>The table, or the number of the pattern with which it grows beyond the limit.</returns>
    public static (BuiltAutomaton? Automaton, int TooLargeAt) Build(PatternTable patterns, PathLinks links) =>
        new AutomatonBuilder(patterns, links).Build();

    private (BuiltAutomaton? Automaton, int TooLargeAt) Build()
    {
        var (forward, backward) = (new TrieMachine(), new TrieMachine());
        for (var pattern = 0; pattern < _patterns.Count; pattern++)
        {
            AddToTree(pattern, forward, backward);
            if ((long)forward.NodeCount + backward.NodeCount > PolicyLimits.MaxAutomatonEntries)
            {
                return (null, pattern);
            }
        }

        var (states, sets) = (new MachineStates(), new AcceptedSets());
        var counts = new int[3];
        var starts = new int[3];
        starts[0] = Counted(counts, 0, states, () =>
            Has(PatternShape.Exact, PatternShape.Prefix) ? forward.Build(states, sets) : 0);
        starts[1] = Counted(counts, 1, states, () => Has(PatternShape.Suffix) ? backward.Build(states, sets) : 0);
        var globs = Enumerable.Range(0, _patterns.Count).Where(p => _patterns[p].Pattern.Shape == PatternShape.Glob).ToList();
        var globStart = Counted(counts, 2, states, () => globs.Count == 0 ? 0 : GlobMachine.TryBuild(TreeOf(globs), states, sets));
        if (globStart is null)
        {
            return (null, FirstTooMany(globs, (forward, backward)));
        }

        starts[2] = globStart.Value;
        var (entries, starting) = DoubleArray.Pack(states, starts);
        return entries.Length > PolicyLimits.MaxAutomatonEntries
            ? (null, _patterns.Count - 1)
            : (new BuiltAutomaton(entries, starting, counts, sets), -1);
    }

    private static T Counted<T>(int[] counts, int machine, MachineStates states, Func<T> build)
    {
        var before = states.Count;
        var result = build();
        counts[machine] = states.Count - before;
        return result;
    }

    private void AddToTree(int index, TrieMachine forward, TrieMachine backward)
    {
        var pattern = _patterns[index].Pattern;
        var text = Encoding.UTF8.GetBytes(pattern.Text);
        switch (pattern.Shape)
        {
            case PatternShape.Exact:
                forward.AddExact(text, index);
                if (pattern.IsPath && _links.OfPath(pattern.Text) is { } path)
                {
                    forward.AddExact(Encoding.UTF8.GetBytes(path), index);
                }

                break;
            case PatternShape.Prefix:
                forward.AddPrefix(text, index);
                if (pattern.IsPath && _links.OfPrefix(pattern.Text) is { } prefix)
                {
                    forward.AddPrefix(Encoding.UTF8.GetBytes(prefix), index);
                }

                break;
            case PatternShape.Suffix:
                Array.Reverse(text);
                backward.AddPrefix(text, index);
                break;
            default:
                break;
        }
    }

    private bool Has(params ReadOnlySpan<PatternShape> shapes)
    {
        for (var i = 0; i < _patterns.Count; i++)
        {
            if (shapes.Contains(_patterns[i].Pattern.Shape))
            {
                return true;
            }
        }

        return false;
    }

    private GlobTree TreeOf(IEnumerable<int> globs)
    {
        var tree = new GlobTree();
        foreach (var glob in globs)
        {
            tree.Add(_patterns[glob].Pattern.Text, glob);
        }

        return tree;
    }

    /// <summary>Which of the globs is one too many: found by doubling and then halving, for one does not multiply alone.</summary>
    private int FirstTooMany(List<int> globs, (TrieMachine Forward, TrieMachine Backward) trees)
    {
        bool Fits(int count)
        {
            var (states, sets) = (new MachineStates(), new AcceptedSets());
            trees.Forward.Build(states, sets);
            trees.Backward.Build(states, sets);
            return GlobMachine.TryBuild(TreeOf(globs.Take(count)), states, sets) is not null;
        }

        var (fits, tooMany) = (0, 1);
        while (tooMany < globs.Count && Fits(tooMany))
        {
            (fits, tooMany) = (tooMany, Math.Min(globs.Count, tooMany * 2));
        }

        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            (fits, tooMany) = Fits(middle) ? (middle, tooMany) : (fits, middle);
        }

        return globs[tooMany - 1];
    }
}
