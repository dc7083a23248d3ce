using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>A fact and what is asked of it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Fact(FactKey Key, RowTest Test);

/// <summary>One row in the making: a conjunction with at most one test for each fact.</summary>
internal sealed class Conjunction : IEquatable<Conjunction>
{
    private readonly int _hash;

    private Conjunction(ImmutableArray<Fact> facts)
    {
        Facts = facts;
        foreach (var fact in facts)
        {
            // A sum, so that the hash of a row without one of its facts is a subtraction.
            _hash += fact.GetHashCode();
        }
    }

    public static Conjunction Everything { get; } = new([]);

    /// <summary>Sorted by key.</summary>
    public ImmutableArray<Fact> Facts { get; }

    /// <summary>Whether arguments or names of environment variables are tested.</summary>
    public bool TestsTexts => Facts.Any(f => f.Key.IsOfTexts);

    /// <summary>Whether this is itself a test of one argument or name of a variable.</summary>
    public bool IsOfTexts => Facts.Any(f => f.Key.Role == FieldRole.Operation && f.Key.IsName);

    public static Conjunction Of(FactKey key, RowTest test) => new([new Fact(key, test)]);

    public static Conjunction Of(IEnumerable<Fact> facts) => new([.. facts.OrderBy(f => f.Key)]);

    /// <summary>Both, or null if that is a contradiction.</summary>
    public static Conjunction? And(Conjunction a, Conjunction b, SetAlgebra sets)
    {
        if (a.Facts.IsEmpty || b.Facts.IsEmpty)
        {
            return a.Facts.IsEmpty ? b : a;
        }

        var facts = ImmutableArray.CreateBuilder<Fact>(a.Facts.Length + b.Facts.Length);
        var (i, j) = (0, 0);
        while (i < a.Facts.Length || j < b.Facts.Length)
        {
            var order = i == a.Facts.Length ? 1 : j == b.Facts.Length ? -1 : a.Facts[i].Key.CompareTo(b.Facts[j].Key);
            if (order != 0)
            {
                facts.Add(order < 0 ? a.Facts[i++] : b.Facts[j++]);
                continue;
            }

            if (a.Facts[i].Test.And(b.Facts[j].Test, sets) is not { } both)
            {
                return null;
            }

            facts.Add(new Fact(a.Facts[i].Key, both));
            i++;
            j++;
        }

        return new Conjunction(facts.DrainToImmutable());
    }

    /// <summary>What is asked of a fact, or null.</summary>
    public RowTest? Find(FactKey key)
    {
        foreach (var fact in Facts)
        {
            if (fact.Key == key)
            {
                return fact.Test;
            }
        }

        return null;
    }

    /// <summary>The same with another test of a fact that it tests, or without one.</summary>
    public Conjunction With(FactKey key, RowTest? test) =>
        new([.. Facts.Where(f => f.Key != key || test is not null).Select(f => f.Key == key ? f with { Test = test! } : f)]);

    /// <summary>
    /// Whether whatever <paramref name="other"/> accepts is accepted here, by the same stage: a row that waits for the
    /// arguments and one that does not never stand for each other.
    /// </summary>
    public bool Covers(Conjunction other, SetAlgebra sets) =>
        Facts.Length <= other.Facts.Length
        && TestsTexts == other.TestsTexts
        && Facts.All(f => other.Find(f.Key) is { } inner && f.Test.Covers(inner, sets));

    public bool Equals(Conjunction? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Facts.AsSpan().SequenceEqual(other.Facts.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as Conjunction);

    public override int GetHashCode() => _hash;

    /// <summary>Equality of rows but for one fact, which both test.</summary>
    internal sealed class ExceptFact(FactKey key) : IEqualityComparer<Conjunction>
    {
        public bool Equals(Conjunction? x, Conjunction? y)
        {
            if (x is null || y is null || x.Facts.Length != y.Facts.Length)
            {
                return x is null && y is null;
            }

            for (var i = 0; i < x.Facts.Length; i++)
            {
                if (x.Facts[i].Key != y.Facts[i].Key || (x.Facts[i].Key != key && !x.Facts[i].Test.Equals(y.Facts[i].Test)))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(Conjunction obj) =>
            obj._hash - new Fact(key, obj.Find(key)!).GetHashCode();
    }
}
