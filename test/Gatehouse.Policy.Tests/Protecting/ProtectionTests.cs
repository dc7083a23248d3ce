using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Protecting;

/// <summary>What <c>protect</c> says, and the rules that it stands for.</summary>
public sealed class ProtectionTests
{
    private const string Acme = """
        apiVersion: gatehouse/v1
        metadata: {name: acme, client: acme}
        protect:
          - name: agent
            processes: ["/opt/acme/agentd", "/opt/acme/helper"]
            keep: [query, signal]
            files: ["/opt/acme", "/etc/acme.conf"]
            libraries: ["/usr/lib/libacme.so"]
            updaters: ["/usr/bin/acme-update"]
            severity: critical
            tags: [T1562.001]
            description: Ours.

        """;

    [Fact]
    public void Everything_that_was_said_is_in_the_document()
    {
        var protection = TestPolicy.Document(Acme).Protections.ShouldHaveSingleItem();

        protection.Name.ShouldBe("agent");
        protection.Processes.ShouldBe(["/opt/acme/agentd", "/opt/acme/helper"]);
        protection.Keep.ShouldBe(["query", "signal"]);
        protection.Files.ShouldBe(["/opt/acme", "/etc/acme.conf"]);
        protection.Libraries.ShouldBe(["/usr/lib/libacme.so"]);
        protection.Updaters.ShouldBe(["/usr/bin/acme-update"]);
        protection.Severity.ShouldBe(RuleSeverity.Critical);
        protection.Tags.ShouldBe(["T1562.001"]);
        protection.Description.ShouldBe("Ours.");
        protection.Span.StartLine.ShouldBe(4);
    }

    [Theory]
    [InlineData("/bin/bash", "/opt/acme/agentd", "terminate", "agent.processes")]
    [InlineData("/bin/bash", "/opt/acme/helper", "write-memory", "agent.processes")]
    [InlineData("/bin/bash", "/opt/acme/agentd", "query", null)]
    [InlineData("/bin/bash", "/opt/acme/agentd", "signal", null)]
    [InlineData("/opt/acme/helper", "/opt/acme/agentd", "terminate", null)]
    [InlineData("/usr/bin/acme-update", "/opt/acme/agentd", "terminate", null)]
    [InlineData("/bin/bash", "/usr/bin/acme-update", "debug", "agent.updaters")]
    [InlineData("/bin/bash", "/usr/bin/acme-update", "duplicate-descriptor", "agent.updaters")]
    [InlineData("/bin/bash", "/usr/bin/acme-update", "terminate", null)]
    [InlineData("/bin/bash", "/usr/sbin/sshd", "terminate", null)]
    public void Processes_are_reached_by_each_other_and_by_updaters_only(string actor, string target, string right, string? rule)
    {
        var image = TestPolicy.Compile(Acme);

        foreach (var operation in (GateOperation[])[GateOperation.ProcessOpen, GateOperation.ThreadOpen])
        {
            var verdict = PolicyEvaluator.Evaluate(image, new OperationFacts
            {
                Operation = operation,
                Process = Running(actor),
                Target = Running(target),
                Request = new RequestFacts { Right = right },
            });

            TestPolicy.RuleName(image, verdict.DecidingRule).ShouldBe(rule);
            verdict.Outcome.ShouldBe(rule is null ? Outcome.Allow : Outcome.Deny);
        }
    }

    /// <summary>There another library may stand where its own is looked for.</summary>
    [Theory]
    [InlineData("/opt/acme/helper", "/opt/acme/agentd", "agent.processes")]
    [InlineData("/usr/bin/acme-update", "/opt/acme/agentd", "agent.processes")]
    [InlineData("/opt/acme/helper", "/usr/bin/acme-update", "agent.updaters")]
    public void In_another_mount_namespace_nobody_is_one_of_them(string actor, string target, string rule)
    {
        var image = TestPolicy.Compile(Acme);

        var verdict = PolicyEvaluator.Evaluate(image, new OperationFacts
        {
            Operation = GateOperation.ProcessOpen,
            Process = Running(actor) with { Container = true },
            Target = Running(target),
            Request = new RequestFacts { Right = "debug" },
        });

        TestPolicy.RuleName(image, verdict.DecidingRule).ShouldBe(rule);
    }

    [Theory]
    [InlineData("/opt/acme/agentd", "LD_PRELOAD", true)]
    [InlineData("/usr/bin/acme-update", "DOTNET_STARTUP_HOOKS", true)]
    [InlineData("/opt/acme/agentd", "HOME", false)]
    [InlineData("/bin/ls", "LD_PRELOAD", false)]
    public void Nobody_brings_code_into_them_by_their_environment(string program, string variable, bool killed)
    {
        var image = TestPolicy.Compile(Acme);

        var verdict = PolicyEvaluator.Evaluate(image, new OperationFacts
        {
            Operation = GateOperation.ProcessExecArguments,
            Process = Running("/bin/bash"),
            Image = new ImageFacts { Path = program, BoundPaths = [program] },
            Request = new RequestFacts { Environment = ["PATH", variable] },
        });

        TestPolicy.RuleName(image, verdict.DecidingRule).ShouldBe(killed ? "agent.start" : null);
        verdict.Outcome.ShouldBe(killed ? Outcome.Kill : Outcome.Allow);
    }

    [Fact]
    public void No_rule_of_the_text_undoes_it()
    {
        var image = TestPolicy.Compile(Acme + "rules:\n  - {name: all, on: process.open, action: allow}\n");

        var verdict = PolicyEvaluator.Evaluate(image, new OperationFacts
        {
            Operation = GateOperation.ProcessOpen,
            Process = Running("/bin/bash"),
            Target = Running("/opt/acme/agentd"),
            Request = new RequestFacts { Right = "terminate" },
        });

        verdict.Outcome.ShouldBe(Outcome.Deny);
    }

    [Fact]
    public void Query_is_kept_if_nothing_else_is_said_and_nothing_if_the_list_is_empty()
    {
        static PolicyDocument With(string keep) =>
            TestPolicy.Document($"apiVersion: gatehouse/v1\nmetadata: {{name: p}}\nprotect:\n  - {{name: x, processes: [/x]{keep}}}\n");

        With("").Protections[0].Keep.ShouldBe(["query"]);
        With(", keep: []").Protections[0].Keep.ShouldBeEmpty();
        With("").Rules.Select(static r => r.Name).ShouldBe(["x.processes", "x.start"]);
    }

    [Theory]
    [InlineData("{name: x}", "GH1027")]
    [InlineData("{name: x, processes: [bin]}", "GH2010")]
    [InlineData("{name: x, processes: [/x], keep: [look]}", "GH2014")]
    [InlineData("{name: x, files: [/x], keep: [query]}", "GH1028")]
    [InlineData("{name: x, processes: [/x], libraries: [/l]}", "GH1028")]
    [InlineData("{name: x, files: []}", "GH1022")]
    [InlineData("{name: x, files: /x}", "GH1013")]
    [InlineData("{processes: [/x]}", "GH1011")]
    [InlineData("{name: X, files: [/x]}", "GH1015")]
    [InlineData("{name: x, file: [/x]}", "GH1010")]
    [InlineData("{name: a23456789012345678901234567890123456789012345678901, files: [/x]}", "GH1015")]
    [InlineData("just-text", "GH1013")]
    public void What_makes_no_sense_is_refused_with_its_place(string protection, string code)
    {
        var result = TestPolicy.Parse($"apiVersion: gatehouse/v1\nmetadata: {{name: p}}\nprotect:\n  - {protection}\n");

        result.Document.ShouldBeNull();
        TestPolicy.Codes(result).Contains(code, StringComparer.Ordinal).ShouldBeTrue(string.Join(", ", TestPolicy.Codes(result)));
        result.Diagnostics[0].Span.StartLine.ShouldBe(4);
    }

    [Fact]
    public void Names_are_unique_and_no_rule_has_one_of_a_protection()
    {
        const string Head = "apiVersion: gatehouse/v1\nmetadata: {name: p}\nprotect:\n  - {name: x, processes: [/x]}\n";

        TestPolicy.Codes(TestPolicy.Parse(Head + "  - {name: x, files: [/y]}\n")).ShouldBe(["GH1019"]);
        TestPolicy.Codes(TestPolicy.Parse(Head + "rules:\n  - {name: x.start, on: process.open, action: audit}\n")).ShouldBe(["GH1019"]);
    }

    [Fact]
    public void Files_are_kept_or_not_and_processes_follow_the_mode()
    {
        const string Head = "apiVersion: gatehouse/v1\nmetadata: {name: p}\nmode: audit\nprotect:\n";

        TestPolicy.Codes(TestPolicy.Parse(Head + "  - {name: x, files: [/y]}\n")).ShouldBe(["GH1029"]);
        TestPolicy.Document(Head + "  - {name: x, processes: [/y]}\n").Rules.ShouldAllBe(static r => r.Mode == RuleMode.Audit);
    }

    [Fact]
    public void The_same_in_csharp_is_the_same_text()
    {
        var built = PolicyBuilder.Create("acme", p => p
            .Client("acme")
            .Protect("agent", a => a
                .Processes("/opt/acme/agentd", "/opt/acme/helper")
                .Keep(OpenRight.Query, OpenRight.Signal)
                .Files("/opt/acme", "/etc/acme.conf")
                .Libraries("/usr/lib/libacme.so")
                .Updaters("/usr/bin/acme-update")
                .Severity(RuleSeverity.Critical)
                .Tag("T1562.001")
                .Description("Ours.")));

        var (mine, theirs) = (built.Document.Protections[0], TestPolicy.Document(Acme).Protections[0]);
        mine.Processes.ShouldBe(theirs.Processes);
        mine.Keep.ShouldBe(theirs.Keep);
        mine.Files.ShouldBe(theirs.Files);
        mine.Libraries.ShouldBe(theirs.Libraries);
        mine.Updaters.ShouldBe(theirs.Updaters);
        (mine.Severity, mine.Description, mine.Tags.Single()).ShouldBe((theirs.Severity, theirs.Description, theirs.Tags.Single()));
        built.Document.Rules.Select(static r => r.Name).ShouldBe(["agent.processes", "agent.updaters", "agent.start"]);
    }

    [Fact]
    public void In_csharp_a_mistake_is_told_too() =>
        Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create("p", static p => p.Protect("x", static x => x.Files("relative"))))
            .Problems.ShouldContain(static p => p.Code == "GH2010");

    private static ProcessFacts Running(string program) => new() { Path = program, BoundPaths = [program] };
}
