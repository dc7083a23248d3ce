using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Tools;

public sealed class CaseRunnerTests
{
    private static readonly PolicyDocument s_policy = ToolPolicy.Document("""
          - {name: known, on: [process.exec, image.load], when: 'image.file == "/usr/bin/nc"', action: allow}
          - {name: netcat, on: [process.exec, image.load], when: 'image.path.endsWith("/nc")', action: deny}
          - {name: reverse-shell, on: process.exec, when: '"-e" in exec.arguments', action: kill}
          - {name: seen, on: process.exec, when: 'process.uid == 1000', action: audit}
          - {name: bomb, on: process.exec, when: 'image.path == "/bomb"', action: kill}

        """);

    [Theory]
    [InlineData("image: {path: /tmp/nc}", "deny", "netcat")]
    [InlineData("image: {path: /tmp/nc, file: /usr/bin/nc}", "allow", "known")]
    [InlineData("image: {path: /x}, request: {arguments: [x, -e]}", "kill", "reverse-shell")]
    [InlineData("image: {path: /bomb}", "kill", "bomb")]
    [InlineData("image: {path: /x}, process: {uid: 1000}", "audit", "seen")]
    [InlineData("image: {path: /x}, process: {uid: 1001}", "allow", null)]
    public void An_exec_is_decided_before_and_after_its_arguments_are_known(string facts, string verdict, string? rule)
    {
        var result = Run($"- {{name: one, operation: process.exec, {facts}, expect: {verdict}}}");

        result.Disagreement.ShouldBeNull();
        (result.Actual.ToString().ToLowerInvariant(), result.Rule).ShouldBe((verdict, rule));
        result.Passed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("expect: allow")]
    [InlineData("expect: audit")]
    [InlineData("expect: deny, rule: known")]
    public void Another_verdict_or_another_rule_fails(string expected) =>
        Run($"- {{name: one, operation: image.load, image: {{path: /tmp/nc}}, {expected}}}").Passed.ShouldBeFalse();

    private static PolicyCaseResult Run(string cases)
    {
        var parsed = ToolPolicy.Cases(cases, s_policy);
        parsed.Cases.ShouldNotBeNull(string.Join('\n', parsed.Diagnostics));
        return PolicyCaseRunner.Run(ToolPolicy.Compile(s_policy), parsed.Cases.ShouldHaveSingleItem());
    }
}
