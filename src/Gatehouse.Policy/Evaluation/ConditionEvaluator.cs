using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Evaluates a condition for operation facts in which each program is taken by one name, file and hash. Negation goes down to
/// the tests, because a hash that is not known and a word that is not given pass neither a test nor its negation.
/// </summary>
internal sealed class ConditionEvaluator(
    PolicyImage image, OperationFacts facts, IReadOnlyDictionary<FieldRole, ProgramView> views)
{
    public static ProgramFacts ProgramOf(OperationFacts facts, FieldRole role) => role switch
    {
        FieldRole.Process => facts.Process,
        FieldRole.Target => facts.Target,
        _ => facts.Image,
    };

    public Found Evaluate(Condition condition, bool negated) => condition switch
    {
        ConstantCondition constant => Plain(constant.Value != negated),
        TestCondition { Field.Type: FieldType.Texts } test =>
            AnyText(test) != negated ? Found.WithTexts : Found.Nothing,
        TestCondition test => Plain(Test(test, negated)),
        AncestorCondition ancestor => Plain(facts.Process.Ancestors.Any(p => IsAncestor(ancestor.Operand, p)) != negated),
        NotCondition not => Evaluate(not.Operand, !negated),
        AndCondition and => negated ? Any(and.Operands, negated) : All(and.Operands, negated),
        OrCondition or => negated ? All(or.Operands, negated) : Any(or.Operands, negated),
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    private static Found Plain(bool holds) => holds ? Found.WithoutTexts : Found.Nothing;

    private Found Any(IEnumerable<Condition> operands, bool negated) =>
        operands.Aggregate(Found.Nothing, (found, o) => found | Evaluate(o, negated));

    /// <summary>Without texts if all hold so; with texts if all hold and one of them can by texts.</summary>
    private Found All(IEnumerable<Condition> operands, bool negated)
    {
        var found = Found.WithoutTexts;
        foreach (var operand in operands)
        {
            var next = Evaluate(operand, negated);
            if (next == Found.Nothing)
            {
                return Found.Nothing;
            }

            found = (found & next & Found.WithoutTexts) | ((found | next) & Found.WithTexts);
        }

        return found;
    }

    private bool IsAncestor(Condition condition, ProgramFacts program)
    {
        // What is not known, or changes, is none of the hashes that a test of an ancestor names.
        var hash = program.VolatileContent ? null : program.Sha256;
        return (from name in ProgramView.NamesOf(image, program)
                from file in ProgramView.BoundPathsOf(image, program).Prepend(null)
                select new ProgramView(program, name, file, hash)).Any(view =>
            new ConditionEvaluator(image, facts, new Dictionary<FieldRole, ProgramView> { [FieldRole.Process] = view })
                .Evaluate(condition, negated: false) != Found.Nothing);
    }

    private bool AnyText(TestCondition test)
    {
        var texts = test.Field.Name is "exec.arguments" ? facts.Request.Arguments : facts.Request.Environment;
        var element = ((ElementTest)test.Test).Element;
        return texts.Select(Encoding.UTF8.GetBytes).Any(bytes =>
            Fits(element, bytes.AsSpan(0, Math.Min(bytes.Length, FactsGuard.MaxTextBytes))));
    }

    private static bool Fits(FieldTest test, ReadOnlySpan<byte> text)
    {
        switch (test)
        {
            case PatternTest pattern:
                return PatternMatcher.Fits(pattern.Kind, pattern.Text, text);
            case ValueTest values:
                foreach (var value in values.Values.Items)
                {
                    if (text.SequenceEqual(Encoding.UTF8.GetBytes(value)))
                    {
                        return true;
                    }
                }

                return false;
            default:
                throw new InvalidOperationException($"Unexpected test {test.GetType().Name} of a text.");
        }
    }

    private bool Test(TestCondition condition, bool negated)
    {
        var (field, test) = (condition.Field, condition.Test);
        if (!OperationReach.Has(facts.Operation, field))
        {
            return false;
        }

        switch (field.Type)
        {
            case FieldType.Sha256 when field.IsMaskClass:
                return (facts.Image.VerityDigest is { } digest && ((ValueTest)test).Values.Contains(digest)) != negated;
            case FieldType.Word when field.IsMaskClass:
                return views[field.Role].Trust is { } trust && ((ValueTest)test).Values.Contains(trust) != negated;
            case FieldType.Path:
                return views[field.Role].Name is { } name && Fits(test, name) != negated;
            case FieldType.Sha256:
                return views[field.Role].Hash is { } hash && ((ValueTest)test).Values.Contains(hash) != negated;
            case FieldType.File:
                var files = ((ValueTest)test).Values;
                return negated
                    ? !ProgramView.BoundPathsOf(image, views[field.Role].Facts).Any(files.Contains)
                    : views[field.Role].File is { } file && files.Contains(file);
            case FieldType.Word:
                var word = FactReader.Word(facts, field);
                return (word is not null || field.HasOtherWords)
                    && (word is not null && ((ValueTest)test).Values.Contains(word)) != negated;
            case FieldType.Number:
                var number = FactReader.Number(facts, field);
                return ((NumberTest)test).Ranges.Any(r => r.First <= number && number <= r.Last) != negated;
            case FieldType.Flag:
                return FactReader.HasBit(facts, field, field.Words[0].Value) != negated;
            case FieldType.Words:
                var bit = field.Words.First(w => string.Equals(w.Word, ((ContainsTest)test).Word, StringComparison.Ordinal)).Value;
                return FactReader.HasBit(facts, field, bit) != negated;
            default:
                throw new InvalidOperationException($"Unexpected type {field.Type}.");
        }
    }

    private bool Fits(FieldTest test, ProgramName name) => test switch
    {
        ValueTest values => values.Values.Contains(name.Whole),
        PatternTest { Kind: PatternKind.Prefix } prefix =>
            name.Spelled.StartsWith(prefix.Text, StringComparison.Ordinal)
            || (image.Links.OfPrefix(prefix.Text) is { } other && name.Spelled.StartsWith(other, StringComparison.Ordinal)),
        PatternTest pattern => PatternMatcher.Fits(pattern.Kind, pattern.Text, Encoding.UTF8.GetBytes(name.Spelled)),
        _ => throw new InvalidOperationException($"Unexpected test {test.GetType().Name} of a name."),
    };
}
