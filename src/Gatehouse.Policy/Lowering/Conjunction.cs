namespace Gatehouse.Policy;

/// <summary>One row in the making: a conjunction with at most one test for each dimension.</summary>
/// <param name="Kinds">Kinds accepted; never none.</param>
/// <param name="Paths">Paths accepted, never empty; null if the path is not tested.</param>
/// <param name="Hash">What is asked of the hash; null if it is not tested.</param>
internal sealed record Conjunction(ImageKinds Kinds, ValueSet? Paths, HashTest? Hash)
{
    public static Conjunction Everything { get; } = new(ImageKinds.Any, null, null);

    /// <summary>Both, or null if that is a contradiction.</summary>
    public static Conjunction? And(Conjunction a, Conjunction b, SetAlgebra sets)
    {
        var kinds = a.Kinds & b.Kinds;
        var paths = a.Paths is null ? b.Paths : b.Paths is null ? a.Paths : sets.Intersect(a.Paths, b.Paths);
        var hash = a.Hash is null ? b.Hash : b.Hash is null ? a.Hash : And(a.Hash, b.Hash, sets);
        var impossible = kinds == ImageKinds.None
            || paths is { Count: 0 }
            || hash is { Excluded: false, Values.Count: 0 };
        return impossible ? null : new Conjunction(kinds, paths, hash);
    }

    /// <summary>
    /// Whether every file and state of knowledge that <paramref name="other"/> accepts is accepted here.
    /// </summary>
    public bool Covers(Conjunction other, SetAlgebra sets) =>
        (Kinds & other.Kinds) == other.Kinds
        && (Paths is null || (other.Paths is not null && sets.IsSubset(other.Paths, Paths)))
        && (Hash is null || (other.Hash is not null && Covers(Hash, other.Hash, sets)));

    private static bool Covers(HashTest outer, HashTest inner, SetAlgebra sets) => (outer.Excluded, inner.Excluded) switch
    {
        (false, false) => sets.IsSubset(inner.Values, outer.Values),
        (true, true) => sets.IsSubset(outer.Values, inner.Values),
        (true, false) => sets.Intersect(inner.Values, outer.Values).Count == 0,
        (false, true) => false,
    };

    private static HashTest And(HashTest a, HashTest b, SetAlgebra sets) => (a.Excluded, b.Excluded) switch
    {
        (false, false) => new(sets.Intersect(a.Values, b.Values), Excluded: false),
        (true, true) => new(sets.Union(a.Values, b.Values), Excluded: true),
        (false, true) => new(sets.Except(a.Values, b.Values), Excluded: false),
        (true, false) => new(sets.Except(b.Values, a.Values), Excluded: false),
    };
}
