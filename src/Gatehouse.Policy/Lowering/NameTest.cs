using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Clauses that one name must all fulfil. Sorted; at most one of them consists of whole names only, because two such are
/// the names that are in both.
/// </summary>
internal sealed record NameTest(ImmutableArray<NameClause> Clauses) : RowTest
{
    /// <summary>Only one clause can take alternatives in: (a and b) or c is no conjunction of clauses of names.</summary>
    public override bool CanMerge => Clauses.Length == 1;

    public static NameTest Of(ValueSet exact, ValueSet patterns) => new([new NameClause(exact, patterns)]);

    public override RowTest? And(RowTest other, SetAlgebra sets)
    {
        var clauses = new SortedSet<NameClause>(Clauses);
        foreach (var clause in ((NameTest)other).Clauses)
        {
            if (!clause.IsExact || clauses.FirstOrDefault(c => c.IsExact) is not { Exact: not null } exact)
            {
                clauses.Add(clause);
                continue;
            }

            var names = sets.Intersect(exact.Exact, clause.Exact);
            if (names.Count == 0)
            {
                return null;
            }

            clauses.Remove(exact);
            clauses.Add(clause with { Exact = names });
        }

        return new NameTest([.. clauses]);
    }

    public override RowTest Or(IReadOnlyList<RowTest> tests, SetAlgebra sets)
    {
        var clauses = tests.Select(t => ((NameTest)t).Clauses[0]).ToList();
        return Of(sets.Union([.. clauses.Select(c => c.Exact)]), sets.Union([.. clauses.Select(c => c.Patterns)]));
    }

    public override bool Covers(RowTest inner, SetAlgebra sets)
    {
        var clauses = ((NameTest)inner).Clauses;
        return Clauses.All(outer => clauses.Any(c => outer.Covers(c, sets)));
    }

    public bool Equals(NameTest? other) =>
        other is not null && Clauses.AsSpan().SequenceEqual(other.Clauses.AsSpan());

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var clause in Clauses)
        {
            hash.Add(clause);
        }

        return hash.ToHashCode();
    }
}
