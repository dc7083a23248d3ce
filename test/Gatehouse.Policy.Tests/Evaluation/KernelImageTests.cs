using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Evaluation;

public sealed class KernelImageTests
{
    private const RuleOperations Load = RuleOperations.ImageLoad;

    public static TheoryData<string> FieldsOfFiles =>
        [.. FieldCatalog.All.Where(f => f.Role == FieldRole.Image && f.Name is not "image.kind").Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(FieldsOfFiles))]
    public void A_rule_that_tests_what_only_files_have_does_not_concern_bpf_programs(string field)
    {
        var test = TestOf(FieldCatalog.Find(field)!);
        foreach (var when in (Condition[])[test, Not(test), Or(test, Not(test))])
        {
            // No rule negates a path.
            if (field is "image.path" && when != test)
            {
                continue;
            }

            var image = Of(Rule("r", RuleAction.Deny, when, Load));

            Decide(image, Program()).DecidingRule.ShouldBeNull();
            image.Operations[GateOperation.ImageLoadProgram].ShouldBe(OperationEntry.None);
        }
    }

    [Fact]
    public void Of_a_bpf_program_the_process_the_kind_and_the_type_can_be_tested()
    {
        var image = Of(
            Rule("type", RuleAction.Deny, And(OneOf("image.programType", "kprobe"), Between("process.uid", 1, 9)), Load),
            Rule("kind", RuleAction.Audit, OneOf("image.kind", "bpf-program", "module"), Load),
            Rule("file", RuleAction.Deny, OneOf("image.path", "/a"), Load));
        var entry = image.Operations[GateOperation.ImageLoadProgram];

        Decide(image, Program("kprobe", uid: 1)).ShouldBe(new PolicyVerdict(Outcome.Deny, 0, null));
        Decide(image, Program("lsm", uid: 1)).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 1));
        entry.Needs.ShouldBe(OperationNeeds.Subject | OperationNeeds.Image | OperationNeeds.Request);
        image.Vector(entry.ValueId)[0].ShouldBe(0b011UL);
        entry.Steps.Select(s => s.Source).ShouldBe([11, 47, 58], ignoreOrder: true);

        // A row about the type is in no other plan, and one about modules in no plan of programs and libraries.
        image.Vector(image.Operations[GateOperation.ImageLoadKernel].ValueId)[0].ShouldBe(0b110UL);
        image.Vector(image.Operations[GateOperation.ImageLoadLibrary].ValueId)[0].ShouldBe(0b100UL);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("lsm", true)]
    [InlineData("kprobe", false)]
    public void A_type_without_a_word_is_another_one(string? type, bool refused) =>
        (Decide(Of(Rule("r", RuleAction.Deny, Not(OneOf("image.programType", "kprobe")), Load)), Program(type)).Outcome == Outcome.Deny).ShouldBe(refused);

    [Fact]
    public void A_type_is_tested_of_nothing_else()
    {
        var image = Of(Rule("r", RuleAction.Deny, Not(OneOf("image.programType", "kprobe")), Load));
        foreach (var kind in new[] { "executable", "library", "module" })
        {
            var facts = new OperationFacts { Operation = ImageFields.LoadOf(kind), Image = new ImageFacts { Kind = kind } };
            Decide(image, facts).DecidingRule.ShouldBeNull();
        }
    }

    [Fact]
    public void A_module_from_memory_has_no_name_and_is_no_file_that_is_named()
    {
        var facts = new OperationFacts
        {
            Operation = GateOperation.ImageLoadKernel,
            Image = new ImageFacts { Kind = "module", OwnerUid = uint.MaxValue, OwnerGid = uint.MaxValue, Size = 9, Flags = 512 },
        };
        Outcome With(Condition when) => Decide(Of(Rule("r", RuleAction.Deny, when, Load)), facts).Outcome;

        With(StartsWith("image.path", "/")).ShouldBe(Outcome.Allow);
        With(Not(OneOf("image.file", "/a"))).ShouldBe(Outcome.Deny);
        With(Not(OneOf("image.fileSystem", "ext4"))).ShouldBe(Outcome.Deny);
        With(And(Flag("image.fromMemory"), Between("image.ownerUid", uint.MaxValue, uint.MaxValue))).ShouldBe(Outcome.Deny);
    }

    private static PolicyImage Of(params PolicyRule[] rules) => Compile(Document("p", rules));

    private static OperationFacts Program(string? type = "kprobe", uint uid = 0) => new()
    {
        Operation = GateOperation.ImageLoadProgram,
        Process = new ProcessFacts { Uid = uid },
        Image = new ImageFacts { ProgramType = type, Path = "/a", BoundPaths = ["/a"], Flags = ulong.MaxValue, Trust = "none" },
    };
}
