using Gatehouse.Policy;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// Classes for files that stand at several paths of the policy, such as hard links that two rules name. The compiler
/// cannot know them: which paths are one file is a fact of the host.
/// </summary>
internal sealed class ClassUnions
{
    private readonly PolicyImage _image;
    private readonly VectorStore _vectors;
    private readonly List<(List<int> Values, ClassTable Table)> _tables = [];
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    /// <param name="image">The image.</param>
    /// <param name="kind">The kind of table whose classes are united; all tables of a kind share their classes.</param>
    /// <param name="values">The values of all tables, by table; new classes are added here.</param>
    /// <param name="vectors">Where the vectors of new classes go.</param>
    public ClassUnions(PolicyImage image, ClassTableKind kind, IReadOnlyList<List<int>> values, VectorStore vectors)
    {
        _image = image;
        _vectors = vectors;
        for (var table = 0; table < image.Tables.Length; table++)
        {
            if (image.Tables[table].Kind == kind)
                _tables.Add((values[table], image.Tables[table]));
        }
        if (_tables.Any(t => t.Values.Count != _tables[0].Values.Count))
            throw new InvalidOperationException($"the tables of kind {kind} differ in length, so they cannot share a class");
    }

    /// <summary>The class of a file that each of these classes is true of.</summary>
    /// <param name="classes">0 is none: such a path says nothing here.</param>
    public int Of(IEnumerable<int> classes)
    {
        var distinct = classes.Where(static c => c != 0).Distinct().Order().ToArray();
        if (distinct.Length < 2 || _tables.Count == 0)
            return distinct.FirstOrDefault();
        var key = string.Join(',', distinct);
        if (_known.TryGetValue(key, out var known))
            return known;
        var next = _tables[0].Values.Count;
        foreach (var (values, table) in _tables)
            values.Add(_vectors.Add(_image.UnionOf(table, distinct), distinct.Select(c => values[c])));
        _known.Add(key, next);
        return next;
    }
}
