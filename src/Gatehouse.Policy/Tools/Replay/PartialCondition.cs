using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Evaluates a condition for a recorded operation in which each program is taken by one name, file and hash: as
/// <see cref="ConditionEvaluator"/>, in three values.
/// </summary>
internal sealed class PartialCondition(
    NamedOperation operation, IReadOnlyDictionary<FieldRole, ProgramView> views, bool ofAncestor = false)
{
    private readonly OperationFacts _facts = operation.Recorded.Facts;

    public PartialFound Evaluate(Condition condition, bool negated) => condition switch
    {
        ConstantCondition constant => Plain(constant.Value != negated),
        TestCondition { Field.Type: FieldType.Texts } test => new PartialFound(WithoutTexts: false, negated ? !AnyText(test) : AnyText(test)),
        TestCondition test when !OperationReach.Has(_facts.Operation, test.Field) => PartialFound.Nothing,
        TestCondition test => Plain(Lacks(test.Field.Name) ? null : Test(test, negated)),
        AncestorCondition ancestor => Plain(Lacks(RecordedOperation.Ancestors) ? null : AnyAncestor(ancestor.Operand) != negated),
        NotCondition not => Evaluate(not.Operand, !negated),
        AndCondition and => Fold(and.Operands, all: !negated, negated),
        OrCondition or => Fold(or.Operands, all: negated, negated),
        _ => throw new InvalidOperationException($"Unexpected condition {condition.GetType().Name}."),
    };

    private static PartialFound Plain(bool? holds) => new(holds, WithTexts: false);

    private PartialFound Fold(IEnumerable<Condition> operands, bool all, bool negated) =>
        operands.Aggregate(all ? PartialFound.Always : PartialFound.Nothing, (found, operand) =>
        {
            var next = Evaluate(operand, negated);
            return all ? found.And(next) : found.Or(next);
        });

    // What is missing of the acting process is not missing of its ancestors: they are there with all that is asked, or not at all.
    private bool Lacks(string fact) => !ofAncestor && operation.Recorded.Missing.Contains(fact);

    private bool AnyAncestor(Condition condition) => _facts.Process.Ancestors.Any(program =>
    {
        var hash = program.VolatileContent ? null : program.Sha256;
        return (from name in operation.NamesOf(program)
                from file in operation.FilesOf(program)
                select new ProgramView(program, name, file, hash)).Any(view =>
            new PartialCondition(operation, new Dictionary<FieldRole, ProgramView> { [FieldRole.Process] = view }, ofAncestor: true)
                .Evaluate(condition, negated: false).Any == true);
    });

    private bool? AnyText(TestCondition test)
    {
        if (Lacks(test.Field.Name))
        {
            return null;
        }

        var texts = test.Field.Name is "exec.arguments" ? _facts.Request.Arguments : _facts.Request.Environment;
        return texts.Any(text => Fits(((ElementTest)test.Test).Element, text));
    }

    private bool Test(TestCondition condition, bool negated)
    {
        var (field, test) = (condition.Field, condition.Test);
        switch (field.Type)
        {
            case FieldType.Sha256 when field.IsMaskClass:
                return (_facts.Image.VerityDigest is { } digest && ((ValueTest)test).Values.Contains(digest)) != negated;
            case FieldType.Word when field.IsMaskClass:
                return views[field.Role].Trust is { } trust && ((ValueTest)test).Values.Contains(trust) != negated;
            case FieldType.Path:
                return views[field.Role].Name is { } name && Fits(test, name) != negated;
            case FieldType.Sha256:
                return views[field.Role].Hash is { } hash && ((ValueTest)test).Values.Contains(hash) != negated;
            case FieldType.File:
                var files = ((ValueTest)test).Values;
                var view = views[field.Role];
                return negated
                    ? !operation.FilesOf(view.Facts).OfType<string>().Any(files.Contains)
                    : view.File is { } file && files.Contains(file);
            case FieldType.Word:
                var word = FactReader.Word(_facts, field);
                return (word is not null || field.HasOtherWords)
                    && (word is not null && ((ValueTest)test).Values.Contains(word)) != negated;
            case FieldType.Number:
                var number = FactReader.Number(_facts, field);
                return ((NumberTest)test).Ranges.Any(r => r.First <= number && number <= r.Last) != negated;
            case FieldType.Flag:
                return FactReader.HasBit(_facts, field, field.Words[0].Value) != negated;
            default:
                var bit = field.Words.First(w => string.Equals(w.Word, ((ContainsTest)test).Word, StringComparison.Ordinal)).Value;
                return FactReader.HasBit(_facts, field, bit) != negated;
        }
    }

    private bool Fits(FieldTest test, ProgramName name) => test switch
    {
        ValueTest values => values.Values.Contains(name.Whole),
        PatternTest { Kind: PatternKind.Prefix } prefix => Fits(test, name.Spelled)
            || (operation.Image.Links.OfPrefix(prefix.Text) is { } other && name.Spelled.StartsWith(other, StringComparison.Ordinal)),
        _ => Fits(test, name.Spelled),
    };

    private static bool Fits(FieldTest test, string text)
    {
        // As everywhere, a text of 256 bytes or more is compared by its first 255.
        var bytes = Encoding.UTF8.GetBytes(text);
        var compared = bytes.AsSpan(0, Math.Min(bytes.Length, FactsGuard.MaxTextBytes));
        if (test is PatternTest pattern)
        {
            return PatternMatcher.Fits(pattern.Kind, pattern.Text, compared);
        }

        foreach (var value in ((ValueTest)test).Values.Items)
        {
            if (compared.SequenceEqual(Encoding.UTF8.GetBytes(value)))
            {
                return true;
            }
        }

        return false;
    }
}
