using System.Linq.Expressions;
using System.Reflection;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>The interfaces and enumerations of rules in C# say what the field catalogue says, and nothing else.</summary>
public sealed class FieldMirrorTests
{
    public static TheoryData<RuleOperations> Operations => [.. PolicyWords.Operations.Select(o => o.Value)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Each_operation_has_a_method_whose_parameter_has_exactly_its_fields(RuleOperations operation)
    {
        var method = typeof(PolicyBuilder).GetMethod($"On{operation}").ShouldNotBeNull();
        var type = method.GetParameters()[0].ParameterType.GetGenericArguments()[0].GetGenericArguments()[0];

        var reached = Leaves(Expression.Parameter(type, "o")).Select(l => (Name: FieldPath.Of(l)?.Name, l.Type, Path: l.ToString())).ToList();

        reached.Where(r => r.Name is null).Select(r => r.Path).ShouldBeEmpty("they stand for no field");
        reached.Select(r => r.Name!).Order(StringComparer.Ordinal).ShouldBe(
            FieldCatalog.All.Where(f => f.Operations.HasFlag(operation)).Select(f => f.Name).Order(StringComparer.Ordinal));
        reached.ShouldAllBe(r => r.Type == TypeOf(FieldCatalog.Find(r.Name!)!));
    }

    [Fact]
    public void There_is_no_other_method_for_an_operation() =>
        typeof(PolicyBuilder).GetMethods().Where(m => m.Name.StartsWith("On", StringComparison.Ordinal)).Select(m => m.Name[2..])
            .ShouldBe(Enum.GetNames<RuleOperations>().Except([nameof(RuleOperations.None)], StringComparer.Ordinal), ignoreOrder: true);

    [Fact]
    public void Of_an_ancestor_there_is_what_the_language_knows_of_one() =>
        Leaves(Expression.Parameter(typeof(IProgramFields), "p")).Select(l => FieldPath.Of(l)!.Name)
            .ShouldBe(["process.executable", "process.file", "process.sha256"]);

    public static TheoryData<string> FieldsWithWords =>
        [.. FieldCatalog.All.Where(f => f.Type is FieldType.Word or FieldType.Words).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(FieldsWithWords))]
    public void Each_word_has_one_member_and_each_member_one_word(string name)
    {
        var field = FieldCatalog.Find(name)!;
        var type = EnumTypes.Of(field);

        Enum.GetNames(type).ShouldBe(field.Words.Select(w => EnumWords.PascalCase(w.Word)), ignoreOrder: true);
        Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(v => EnumWords.WordOf(field, type, v))
            .ShouldBe(field.Words.Select(w => w.Word), ignoreOrder: true);
    }

    [Fact]
    public void Capabilities_have_the_numbers_of_the_kernel() =>
        FieldCatalog.Find("process.capabilities")!.Words
            .ShouldAllBe(w => 1UL << (int)Enum.Parse<Capability>(EnumWords.PascalCase(w.Word)) == w.Value);

    [Fact]
    public void No_enumeration_has_a_word_for_what_was_never_set() =>
        new[] { typeof(OpenRight), typeof(ImageKind), typeof(FileSystemKind), typeof(CredentialsChange), typeof(NamespaceKind), typeof(CreationTrait), typeof(TrustSource), typeof(MountOption), typeof(ProgramType), typeof(MemoryAccess), typeof(MemoryBacking) }
            .ShouldAllBe(t => !Enum.IsDefined(t, 0));

    private static IEnumerable<MemberExpression> Leaves(Expression root)
    {
        var properties = new[] { root.Type }.Concat(root.Type.GetInterfaces()).SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance));
        foreach (var member in properties.Select(p => Expression.Property(root, p)))
        {
            if (member.Type == typeof(IProcessFields) || typeof(IMappedFileFields).IsAssignableFrom(member.Type))
            {
                foreach (var leaf in Leaves(member))
                {
                    yield return leaf;
                }
            }
            else
            {
                yield return member;
            }
        }
    }

    private static Type TypeOf(PolicyField field) => field.Type switch
    {
        FieldType.Path or FieldType.File or FieldType.Sha256 => typeof(string),
        FieldType.Number => typeof(long),
        FieldType.Flag => typeof(bool),
        FieldType.Word => EnumTypes.Of(field),
        FieldType.Words => typeof(IReadOnlySet<>).MakeGenericType(EnumTypes.Of(field)),
        _ => typeof(IReadOnlyList<string>),
    };
}
