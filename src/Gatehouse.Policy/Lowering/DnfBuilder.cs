namespace Gatehouse.Policy;

/// <summary>
/// Brings a condition to disjunctive normal form. Alternatives that differ in one dimension only become one conjunction
/// with a larger set, so that a list of a thousand paths is one row, as <c>in</c> is.
/// </summary>
internal sealed class DnfBuilder
{
    private readonly SetAlgebra _sets;
    private long? _tooMany;

    private DnfBuilder(SetAlgebra sets) => _sets = sets;

    public static NormalForm Build(Condition condition, SetAlgebra sets)
    {
        var builder = new DnfBuilder(sets);
        var rows = builder.Visit(condition, negated: false);
        if (builder._tooMany is null && !sets.Exhausted)
        {
            rows = CoveredRows.Remove(rows, sets);
        }

        return new NormalForm(rows, builder._tooMany, sets.Exhausted);
    }

    private List<Conjunction> Visit(Condition condition, bool negated) => condition switch
    {
        _ when _tooMany is not null || _sets.Exhausted => [],
        ConstantCondition constant => constant.Value != negated ? [Conjunction.Everything] : [],
        MembershipCondition membership => Atom(membership, negated),
        NotCondition not => Visit(not.Operand, !negated),
        AndCondition and => negated ? Or(and.Operands, negated) : And(and.Operands, negated),
        OrCondition or => negated ? And(or.Operands, negated) : Or(or.Operands, negated),
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    private static List<Conjunction> Atom(MembershipCondition atom, bool negated)
    {
        switch (atom.Field)
        {
            case ConditionField.ImageKind:
                var kinds = ImageKindNames.ToKinds(atom.Values);
                kinds = negated ? ImageKinds.Any & ~kinds : kinds;
                return kinds == ImageKinds.None ? [] : [Conjunction.Everything with { Kinds = kinds }];
            case ConditionField.ImageSha256:
                return atom.Values.Count == 0 && !negated
                    ? []
                    : [Conjunction.Everything with { Hash = new HashTest(atom.Values, negated) }];
            case ConditionField.ImagePath when negated:
                // Refused with GH3002 before lowering: a name that is not P says nothing about what the file is.
                throw new InvalidOperationException("A negated path condition reached lowering.");
            default:
                return atom.Values.Count == 0 ? [] : [Conjunction.Everything with { Paths = atom.Values }];
        }
    }

    private List<Conjunction> Or(IEnumerable<Condition> operands, bool negated)
    {
        var all = new List<Conjunction>();
        foreach (var operand in operands)
        {
            all.AddRange(Visit(operand, negated));
        }

        return Bounded(Merged(all));
    }

    private List<Conjunction> And(IEnumerable<Condition> operands, bool negated)
    {
        List<Conjunction> result = [Conjunction.Everything];
        foreach (var operand in operands)
        {
            var next = Visit(operand, negated);
            var product = (long)result.Count * next.Count;
            if (product > PolicyLimits.MaxRows)
            {
                _tooMany ??= product;
                return [];
            }

            result = Merged([.. result
                .SelectMany(_ => next, (a, b) => Conjunction.And(a, b, _sets))
                .OfType<Conjunction>()]);
        }

        return result;
    }

    private List<Conjunction> Bounded(List<Conjunction> rows)
    {
        if (rows.Count > PolicyLimits.MaxRows)
        {
            _tooMany ??= rows.Count;
            return [];
        }

        return rows;
    }

    private List<Conjunction> Merged(List<Conjunction> rows)
    {
        if (rows.Count < 2 || _sets.Exhausted)
        {
            return rows;
        }

        rows = MergeBy(rows, r => r with { Paths = null }, r => r.Paths is not null, MergePaths);
        rows = MergeBy(rows, r => r with { Hash = null }, r => r.Hash is not null, MergeHashes);
        return MergeBy(rows, r => r with { Kinds = ImageKinds.None }, _ => true, MergeKinds);
    }

    /// <summary>
    /// Replaces each group of rows that have the same key by one, at the place of the group's first row.
    /// </summary>
    private static List<Conjunction> MergeBy(
        List<Conjunction> rows,
        Func<Conjunction, Conjunction> key,
        Func<Conjunction, bool> mergeable,
        Func<List<Conjunction>, Conjunction> merge)
    {
        var groups = new Dictionary<Conjunction, int>();
        var result = new List<List<Conjunction>>(rows.Count);
        foreach (var row in rows)
        {
            if (mergeable(row) && groups.TryGetValue(key(row), out var index))
            {
                result[index].Add(row);
                continue;
            }

            if (mergeable(row))
            {
                groups.Add(key(row), result.Count);
            }

            result.Add([row]);
        }

        return [.. result.Select(group => group.Count == 1 ? group[0] : merge(group))];
    }

    private Conjunction MergePaths(List<Conjunction> group) =>
        group[0] with { Paths = _sets.Union([.. group.Select(r => r.Paths!)]) };

    private static Conjunction MergeKinds(List<Conjunction> group) =>
        group[0] with { Kinds = group.Aggregate(ImageKinds.None, (kinds, r) => kinds | r.Kinds) };

    private Conjunction MergeHashes(List<Conjunction> group)
    {
        var included = group.Where(r => !r.Hash!.Excluded).Select(r => r.Hash!.Values).ToList();
        var excluded = group.Where(r => r.Hash!.Excluded).Select(r => r.Hash!.Values).ToList();
        var union = included.Count == 0 ? ValueSet.Empty : _sets.Union(included);
        return excluded.Count == 0
            ? group[0] with { Hash = new HashTest(union, Excluded: false) }
            : group[0] with { Hash = new HashTest(_sets.Except(excluded.Aggregate(_sets.Intersect), union), Excluded: true) };
    }
}
