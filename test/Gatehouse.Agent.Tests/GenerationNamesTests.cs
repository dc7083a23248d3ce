using Gatehouse.Agent.Enforcement;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class GenerationNamesTests
{
    [Fact]
    public void The_last_64_generations_are_known_and_older_ones_are_not()
    {
        var names = new GenerationNames();
        for (ulong i = 1; i <= 65; i++)
        {
            names.Remember(i, [new RuleName("local", "p", $"rule-{i}", "low", [])]);
        }

        names.Find(1, 0).ShouldBeNull();
        names.Find(2, 0)!.Rule.ShouldBe("rule-2");
        names.Find(65, 0)!.Rule.ShouldBe("rule-65");
        names.Find(65, 1).ShouldBeNull();
        names.Find(65, -1).ShouldBeNull();
    }
}
