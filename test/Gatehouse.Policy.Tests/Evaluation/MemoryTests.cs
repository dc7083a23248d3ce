using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Evaluation;

public sealed class MemoryTests
{
    private const RuleOperations Both = RuleOperations.MemoryMap | RuleOperations.MemoryProtect;

    public static TheoryData<string> FieldsOfFiles => [.. FieldCatalog.All.Where(f => f.Role == FieldRole.Image && (f.Operations & Both) == Both).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(FieldsOfFiles))]
    public void A_rule_that_tests_what_only_files_have_does_not_concern_memory_without_one(string field)
    {
        var test = TestOf(FieldCatalog.Find(field)!);
        foreach (var when in (Condition[])[test, Not(test), Or(test, Not(test))])
        {
            // No rule negates a path.
            if (field is "image.path" && when != test)
            {
                continue;
            }

            var image = PolicyModel.Compile(Document("p", Rule("r", RuleAction.Deny, when, Both)));

            image.Operations[GateOperation.MemoryMap].ShouldBe(OperationEntry.None);
            image.Operations[GateOperation.MemoryProtect].ShouldBe(OperationEntry.None);
            image.Operations[GateOperation.MemoryMapFile].ValueId.ShouldNotBe(0);
            image.Operations[GateOperation.MemoryProtectFile].ValueId.ShouldNotBe(0);
        }
    }

    [Fact]
    public void A_rule_about_one_backing_costs_the_memory_of_others_nothing()
    {
        var image = PolicyModel.Compile(Document("p", Rule("r", RuleAction.Deny, OneOf("memory.backing", "anonymous"), Both)));

        image.Operations[GateOperation.MemoryMapFile].ShouldBe(OperationEntry.None);
        image.Operations[GateOperation.MemoryMap].Needs.ShouldBe(OperationNeeds.Request);
        Decide(image, Memory(GateOperation.MemoryMap, "anonymous")).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, Memory(GateOperation.MemoryMap, "shared-memory")).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, Memory(GateOperation.MemoryMapFile, "file")).Outcome.ShouldBe(Outcome.Allow);
    }

    [Theory]
    [InlineData(8ul | 32, Outcome.Allow)]
    [InlineData(8ul | 16 | 32, Outcome.Kill)]
    [InlineData(1ul | 2 | 4, Outcome.Allow)]
    public void What_memory_gets_is_told_from_what_was_asked_for(ulong memory, Outcome outcome)
    {
        var image = PolicyModel.Compile(Document("p", Rule("r", RuleAction.Kill, Contains("memory.protection", "write"), RuleOperations.MemoryMap)));

        Decide(image, Memory(GateOperation.MemoryMap, "anonymous", memory)).Outcome.ShouldBe(outcome);
    }

    private static OperationFacts Memory(GateOperation operation, string backing, ulong memory = 0) => new()
    {
        Operation = operation,
        Request = new RequestFacts { Backing = backing, Memory = memory },
    };
}
