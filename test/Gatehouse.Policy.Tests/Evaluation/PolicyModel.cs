using System.Collections.Immutable;
using Shouldly;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>Policies made directly, without text: what the compiler's back is tested with.</summary>
internal static class PolicyModel
{
    private static readonly SourceSpan s_nowhere = new("model", 1, 1, 1, 1);

    public static PolicyDocument Document(string name, params PolicyRule[] rules) => Document(name, 1000, rules);

    public static PolicyDocument Document(string name, int altitude, params PolicyRule[] rules) =>
        DocumentOf("local", name, altitude, rules);

    public static PolicyDocument DocumentOf(string client, string name, int altitude, params PolicyRule[] rules) => new()
    {
        FileName = name + ".yaml",
        Name = name,
        Client = client,
        Altitude = altitude,
        Description = "",
        Mode = RuleMode.Enforce,
        Rules = [.. rules],
        SourceSha256 = new string('0', 64),
        NameSpan = s_nowhere with { File = name + ".yaml" },
    };

    public static PolicyRule Rule(
        string name,
        RuleAction action,
        Condition when,
        RuleOperations on = RuleOperations.ProcessExec | RuleOperations.ImageLoad,
        RuleMode mode = RuleMode.Enforce,
        MissAnswer onMiss = MissAnswer.Deny) =>
        new(when, s_nowhere, onMissSpan: null)
        {
            Name = name,
            On = on,
            Action = action,
            Mode = mode,
            Severity = RuleSeverity.Medium,
            Tags = [],
            OnMiss = onMiss,
            Description = "",
            Span = s_nowhere,
        };

    public static Condition True => new ConstantCondition(Value: true, s_nowhere);

    public static Condition OneOf(string field, params string[] values) => Test(field, new ValueTest(ValueSet.Of(values)));

    public static Condition StartsWith(string field, string text) => Test(field, new PatternTest(PatternKind.Prefix, text));

    public static Condition EndsWith(string field, string text) => Test(field, new PatternTest(PatternKind.Suffix, text));

    public static Condition Matches(string field, string text) => Test(field, new PatternTest(PatternKind.Glob, text));

    public static Condition Between(string field, ulong first, ulong last) =>
        Test(field, new NumberTest([new NumberRange(first, last)]));

    public static Condition Flag(string field) => Test(field, new FlagTest());

    public static Condition Contains(string field, string word) => Test(field, new ContainsTest(word));

    public static Condition Some(string field, params string[] texts) =>
        Test(field, new ElementTest(new ValueTest(ValueSet.Of(texts))));

    public static Condition Ancestor(Condition operand) => new AncestorCondition(operand, s_nowhere);

    public static Condition Not(Condition operand) => new NotCondition(operand, s_nowhere);

    public static Condition And(params Condition[] operands) => new AndCondition([.. operands], s_nowhere);

    public static Condition Or(params Condition[] operands) => new OrCondition([.. operands], s_nowhere);

    public static Condition Test(string field, FieldTest test) =>
        new TestCondition(FieldCatalog.Find(field).ShouldNotBeNull(field), test, s_nowhere);

    /// <summary>A test of a field of files that some file passes.</summary>
    public static Condition TestOf(PolicyField field) => field.Type switch
    {
        FieldType.Path or FieldType.File => OneOf(field.Name, "/a"),
        FieldType.Sha256 => OneOf(field.Name, TestPolicy.HashA),
        FieldType.Number => Between(field.Name, 0, 0),
        FieldType.Word => OneOf(field.Name, field.Words[0].Word),
        FieldType.Words => Contains(field.Name, field.Words[0].Word),
        _ => Flag(field.Name),
    };

    public static PolicyImage Compile(params PolicyDocument[] documents)
    {
        var compilation = PolicyCompiler.Compile(documents);
        compilation.Image.ShouldNotBeNull(string.Join('\n', compilation.Diagnostics));
        return compilation.Image;
    }

    /// <summary>The verdict, on which both evaluators must agree.</summary>
    public static PolicyVerdict Decide(PolicyImage image, OperationFacts facts)
    {
        var verdict = VectorEvaluator.Evaluate(image, facts);
        PolicyEvaluator.Evaluate(image, facts).ShouldBe(verdict);
        return verdict;
    }

    public static OperationFacts Exec(string? path = null, string? hash = null, params string[] bound) => new()
    {
        Operation = GateOperation.ProcessExec,
        Image = new ImageFacts { Path = path, Sha256 = hash, BoundPaths = bound },
    };

    public static PolicyDocument Document(RandomPolicy policy) => DocumentOf(
        policy.Client,
        policy.Name,
        policy.Altitude,
        [.. policy.Rules.Select(r => Rule(r.Name, r.Action, Condition(r.When), r.On, r.Mode, r.OnMiss))]);

    private static Condition Condition(RandomCondition condition) => condition switch
    {
        RandomConstant constant => new ConstantCondition(constant.Value, s_nowhere),
        RandomNot not => Not(Condition(not.Operand)),
        RandomAnd and => And([.. and.Operands.Select(Condition)]),
        RandomOr or => Or([.. or.Operands.Select(Condition)]),
        RandomAncestor ancestor => Ancestor(Condition(ancestor.Operand)),
        RandomMembership test => OneOf(test.Field.Name, [.. test.Values]),
        RandomPattern test => Test(test.Field.Name, Pattern(test.Function, test.Pattern)),
        RandomNumber test => Test(test.Field.Name, Number(test)),
        RandomFlag test => Flag(test.Field.Name),
        RandomWordIn test => Contains(test.Field.Name, test.Word),
        RandomElement { Function: "in" } test => Some(test.Field.Name, [.. test.Texts]),
        RandomElement test => Test(test.Field.Name, new ElementTest(Pattern(test.Function, test.Texts[0]))),
        _ => throw new InvalidOperationException(condition.GetType().Name),
    };

    private static PatternTest Pattern(string function, string pattern) => new(
        function switch
        {
            "startsWith" => PatternKind.Prefix,
            "endsWith" => PatternKind.Suffix,
            _ => PatternKind.Glob,
        },
        pattern);

    private static NumberTest Number(RandomNumber test)
    {
        ImmutableArray<NumberRange> ranges = test.Comparison switch
        {
            "==" => [new NumberRange(test.Value, test.Value)],
            "<" => test.Value == 0 ? [] : [new NumberRange(0, test.Value - 1)],
            "<=" => [new NumberRange(0, test.Value)],
            ">" => [new NumberRange(test.Value + 1, ulong.MaxValue)],
            _ => [new NumberRange(test.Value, ulong.MaxValue)],
        };
        return new NumberTest(ranges);
    }
}
