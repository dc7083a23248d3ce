using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Whether some facts make a condition true: takes one alternative after the other and looks whether its tests contradict
/// each other. What is too long or too nested to say counts as possible, so that only certain answers lead to a finding.
/// </summary>
internal sealed class Possibility
{
    /// <summary>Parts of the condition, and elements of sets, that are looked at in one question.</summary>
    private const int Budget = 50_000;

    /// <summary>Alternatives within alternatives; each is a level of recursion.</summary>
    private const int MaxDepth = 200;

    private readonly Func<Condition, bool?> _known;
    private readonly Func<Condition, bool> _foreign;
    private readonly bool _wanted;
    private int _budget = Budget;

    private Possibility(bool wanted, Func<Condition, bool?> known, Func<Condition, bool>? foreign)
    {
        _wanted = wanted;
        _known = known;
        _foreign = foreign ?? (static _ => false);
    }

    /// <param name="condition">The condition.</param>
    /// <param name="wanted">Whether it shall be true or false.</param>
    /// <param name="known">What a test or <c>ancestor</c> is under the facts that are given; null if these do not say.</param>
    /// <param name="foreign">
    /// Whether a test is one that nothing passes, nor its opposite, because what it tests is not there; none if left out.
    /// </param>
    public static bool Exists(
        Condition condition, bool wanted, Func<Condition, bool?> known, Func<Condition, bool>? foreign = null)
    {
        var search = new Possibility(wanted, known, foreign);
        return search.Search(ImmutableStack.Create((condition, !wanted)), AssumedTests.None, depth: 0);
    }

    private bool Search(ImmutableStack<(Condition Part, bool Negated)> open, AssumedTests assumed, int depth)
    {
        while (!open.IsEmpty)
        {
            if (--_budget < 0 || depth > MaxDepth)
            {
                return true;
            }

            open = open.Pop(out var next);
            var (part, negated) = next;
            switch (part)
            {
                case ConstantCondition constant when constant.Value == negated:
                    return false;
                case NotCondition not:
                    open = open.Push((not.Operand, !negated));
                    break;
                case AndCondition all when !negated:
                    open = PushAll(open, all.Operands, negated);
                    break;
                case OrCondition any when negated:
                    open = PushAll(open, any.Operands, negated);
                    break;
                case AndCondition and:
                    return SearchAny(open, and.Operands, negated, assumed, depth);
                case OrCondition or:
                    return SearchAny(open, or.Operands, negated, assumed, depth);
                case TestCondition when _foreign(part):
                    if (_wanted)
                    {
                        return false;
                    }

                    break;
                case TestCondition or AncestorCondition when _known(part) is { } truth:
                    if (truth == negated)
                    {
                        return false;
                    }

                    break;
                case TestCondition or AncestorCondition:
                    if (assumed.With(part, negated, ref _budget) is not { } more)
                    {
                        return false;
                    }

                    assumed = more;
                    break;
                default:
                    break;
            }
        }

        return true;
    }

    private bool SearchAny(
        ImmutableStack<(Condition, bool)> open, ImmutableArray<Condition> operands, bool negated, AssumedTests assumed, int depth)
    {
        foreach (var operand in operands)
        {
            if (Search(open.Push((operand, negated)), assumed, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    private ImmutableStack<(Condition, bool)> PushAll(
        ImmutableStack<(Condition, bool)> open, ImmutableArray<Condition> operands, bool negated)
    {
        _budget -= operands.Length;
        for (var i = operands.Length - 1; i >= 0 && _budget >= 0; i--)
        {
            open = open.Push((operands[i], negated));
        }

        return open;
    }
}
