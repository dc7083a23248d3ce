namespace Gatehouse.Policy;

/// <summary>
/// Brings a condition to disjunctive normal form. Alternatives that differ in one fact only become one conjunction with a
/// larger set, so that a list of a thousand paths is one row, as <c>in</c> is.
/// </summary>
internal sealed class DnfBuilder
{
    private readonly SetAlgebra _sets;
    private long? _tooMany;

    private DnfBuilder(SetAlgebra sets) => _sets = sets;

    public static NormalForm Build(Condition condition, SetAlgebra sets)
    {
        var builder = new DnfBuilder(sets);
        var rows = builder.Form(condition);
        return new NormalForm(rows, builder._tooMany, sets.Exhausted);
    }

    private List<Conjunction> Form(Condition condition)
    {
        var rows = Visit(condition, negated: false);
        return _tooMany is null && !_sets.Exhausted ? CoveredRows.Remove(rows, _sets) : rows;
    }

    private List<Conjunction> Visit(Condition condition, bool negated) => condition switch
    {
        _ when _tooMany is not null || _sets.Exhausted => [],
        ConstantCondition constant => constant.Value != negated ? [Conjunction.Everything] : [],
        TestCondition test => FieldRows.Of(test, negated),
        AncestorCondition ancestor => Ancestor(ancestor, negated),
        NotCondition not => Visit(not.Operand, !negated),
        AndCondition and => negated ? Or(and.Operands, negated) : And(and.Operands, negated),
        OrCondition or => negated ? And(or.Operands, negated) : Or(or.Operands, negated),
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    /// <summary>
    /// Each alternative is a test of its own: some ancestor fulfils one of them, or none fulfils any. What is joined by and
    /// must hold for one program and stays together.
    /// </summary>
    private List<Conjunction> Ancestor(AncestorCondition ancestor, bool negated)
    {
        var alternatives = Form(ancestor.Operand).Select(a => TestText.Fact(FactKind.Ancestor, a, set: !negated)).ToList();
        return negated
            ? [Conjunction.Of(alternatives.DistinctBy(f => f.Key))]
            : Bounded([.. alternatives.Select(f => Conjunction.Of(f.Key, f.Test))]);
    }

    private List<Conjunction> Or(IEnumerable<Condition> operands, bool negated)
    {
        var all = new List<Conjunction>();
        foreach (var operand in operands)
        {
            all.AddRange(Visit(operand, negated));
        }

        return Bounded(RowMerge.Merge(all, _sets));
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

            if (!_sets.TrySpend(product))
            {
                return [];
            }

            result = RowMerge.Merge(
                [.. result.SelectMany(_ => next, (a, b) => Conjunction.And(a, b, _sets)).OfType<Conjunction>()], _sets);
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
}
