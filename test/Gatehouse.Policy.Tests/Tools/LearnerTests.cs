using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Tools;

public sealed class LearnerTests
{
    private static readonly OperationFacts s_exec = new()
    {
        Operation = GateOperation.ProcessExec,
        Process = new ProcessFacts { Path = "/usr/bin/bash" },
        Image = new ImageFacts { Path = "/usr/bin/nc", Sha256 = ToolPolicy.HashA },
    };

    [Fact]
    public void What_was_seen_is_allowed_by_the_content_of_the_file()
    {
        var proposal = Propose(s_exec, s_exec, s_exec with { Image = s_exec.Image with { Path = "/usr/bin/socat", Sha256 = ToolPolicy.HashB } });

        var rule = ToolPolicy.Parsed(proposal.Text).Rules.ShouldHaveSingleItem();
        (rule.Name, rule.Action, rule.On).ShouldBe(("process-exec-bash", RuleAction.Allow, RuleOperations.ProcessExec));
        (proposal.Rules, proposal.Covered, proposal.Refused).ShouldBe((1, 3, 0));
        proposal.Text.ShouldContain("# 3 times; reported by \"watch/seen\"");
        proposal.Text.ShouldContain($"#   2 times \"{ToolPolicy.HashA}\": \"/usr/bin/nc\"");
        proposal.Text.ShouldContain($"&& image.sha256 in [\"{ToolPolicy.HashA}\", \"{ToolPolicy.HashB}\"]");
        Allows(proposal, s_exec).ShouldBeTrue();
        Allows(proposal, s_exec with { Image = s_exec.Image with { Sha256 = new string('c', 64) } }).ShouldBeFalse();
        Allows(proposal, s_exec with { Process = new ProcessFacts { Path = "/usr/bin/dash" } }).ShouldBeFalse();
    }

    [Fact]
    public void Without_a_hash_the_file_itself_is_named_and_never_a_path()
    {
        var facts = s_exec with { Image = new ImageFacts { Path = "/usr/lib/x.so", Kind = "library" }, Operation = GateOperation.ImageLoadLibrary };

        var proposal = Propose(facts);

        proposal.Text.ShouldContain("image.file == \"/usr/lib/x.so\"");
        proposal.Text.ShouldNotContain("image.path");
        proposal.Text.ShouldNotContain("process.executable");
        Allows(proposal, facts).ShouldBeTrue();
    }

    [Fact]
    public void Each_right_over_each_target_is_allowed_by_itself()
    {
        OperationFacts Open(string target, string right, uint signal = 0) => new()
        {
            Operation = GateOperation.ProcessOpen,
            Process = new ProcessFacts { Path = "/usr/bin/gdb" },
            Target = new ProcessFacts { Path = target },
            Request = new RequestFacts { Right = right, Signal = signal },
        };

        var proposal = Propose(Open("/a", "debug"), Open("/a", "read-memory"), Open("/b", "query"), Open("/b", "signal", 15));

        proposal.Rules.ShouldBe(3);
        Allows(proposal, Open("/a", "debug")).ShouldBeTrue();
        Allows(proposal, Open("/b", "debug")).ShouldBeFalse();
        Allows(proposal, Open("/b", "signal", 15)).ShouldBeTrue();
        Allows(proposal, Open("/b", "signal", 9)).ShouldBeFalse();
    }

    [Fact]
    public void A_fork_is_no_permission_for_namespaces()
    {
        OperationFacts Create(ulong namespaces) => new()
        {
            Operation = GateOperation.ProcessCreate,
            Process = new ProcessFacts { Path = "/usr/bin/unshare" },
            Request = new RequestFacts { Namespaces = namespaces },
        };

        var proposal = Propose(Create(0), Create(0x20000));

        Allows(proposal, Create(0x20000)).ShouldBeTrue();
        Allows(proposal, Create(0)).ShouldBeTrue();
        Allows(proposal, Create(0x10000000)).ShouldBeFalse();
        Allows(proposal, Create(0x10020000)).ShouldBeFalse();
    }

    [Fact]
    public void An_exemption_for_memory_is_as_narrow_as_what_was_seen()
    {
        OperationFacts Memory(ulong memory, string backing = "anonymous") => new()
        {
            Operation = GateOperation.MemoryProtect,
            Process = new ProcessFacts { Path = "/usr/bin/node" },
            Request = new RequestFacts { Memory = memory, Backing = backing },
        };

        // From read and write to all three, as asked for, of memory that was written.
        const ulong Seen = (1 | 2 | 4) | (8 | 16 | 32) | (64 | 128) | 1024;
        var proposal = Propose(Memory(Seen), Memory(Seen));

        proposal.Rules.ShouldBe(1);
        proposal.Text.ShouldContain("memory.written && !memory.stack && !memory.heap && !memory.readImpliesExecute");
        Allows(proposal, Memory(Seen)).ShouldBeTrue();
        Allows(proposal, Memory(Seen | 2048)).ShouldBeFalse("a stack");
        Allows(proposal, Memory(Seen | 512)).ShouldBeFalse("shared");
        Allows(proposal, Memory(Seen | 256)).ShouldBeFalse("was executable");
        Allows(proposal, Memory(Seen, "shared-memory")).ShouldBeFalse();
        Allows(proposal, Memory(Seen) with { Process = new ProcessFacts { Path = "/usr/bin/other" } }).ShouldBeFalse();
    }

    [Fact]
    public void The_file_behind_memory_is_named_by_its_content_or_itself()
    {
        var facts = new OperationFacts
        {
            Operation = GateOperation.MemoryMapFile,
            Process = new ProcessFacts { Path = "/usr/bin/old" },
            Image = new ImageFacts { Path = "/usr/lib/old.so", Sha256 = ToolPolicy.HashA },
            Request = new RequestFacts { Memory = 8 | 16 | 32, Backing = "file" },
        };

        Propose(facts).Text.ShouldContain($"image.sha256 == \"{ToolPolicy.HashA}\"");
        Propose(facts with { Image = facts.Image with { Sha256 = null } }).Text.ShouldContain("image.file == \"/usr/lib/old.so\"");
        Propose(facts with { Request = facts.Request with { Backing = null } }).Refused.ShouldBe(1);
        Propose(facts with { Request = facts.Request with { Backing = "memfd" } }).Text.ShouldNotContain("image.");
    }

    [Fact]
    public void A_change_of_user_is_allowed_to_the_users_that_were_seen()
    {
        OperationFacts Change(string change, uint uid) => new()
        {
            Operation = GateOperation.ProcessCredentials,
            Process = new ProcessFacts { Path = "/usr/sbin/cron" },
            Request = new RequestFacts { Change = change, NewUid = uid },
        };

        var proposal = Propose(Change("uid", 1000), Change("uid", 33), Change("groups", 0));

        Allows(proposal, Change("uid", 33)).ShouldBeTrue();
        Allows(proposal, Change("uid", 0)).ShouldBeFalse();
        Allows(proposal, Change("groups", 0)).ShouldBeTrue();
        Allows(proposal, Change("capabilities", 0)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("/a//b")]
    [InlineData("/a/../b")]
    [InlineData("/tmp/x (deleted)")]
    [InlineData("/tmp/\uFFFD")]
    [InlineData(null)]
    public void A_file_that_a_path_does_not_tell_is_refused_with_a_reason(string? path)
    {
        var proposal = Propose(s_exec with { Process = new ProcessFacts { Path = path } });

        (proposal.Rules, proposal.Refused).ShouldBe((0, 1));
        proposal.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(l => l.StartsWith('#'));
        proposal.Text.ShouldContain("# No rule is proposed for 1 of the events:");
    }

    [Theory]
    [InlineData("process.executable")]
    [InlineData("image.path")]
    public void A_name_that_was_cut_is_refused(string field)
    {
        var cut = new LearnedEvent(new RecordedOperation(s_exec, [field]) { Cut = [field] }, "watch/seen");

        var proposal = PolicyLearner.Propose("learned", [cut]);

        proposal.Rules.ShouldBe(0);
        proposal.Text.ShouldContain("was cut");
    }

    [Fact]
    public void What_arguments_were_reported_for_cannot_be_allowed() =>
        Propose(s_exec with { Operation = GateOperation.ProcessExecArguments }).Text.ShouldContain("an allow rule cannot test them");

    [Fact]
    public void Names_that_others_choose_end_neither_a_comment_nor_a_condition()
    {
        const string evil = "/tmp/x\n  - name: evil\n\u2028\" || true || \"\\";
        var proposal = Propose(
            s_exec with { Process = new ProcessFacts { Path = evil }, Image = s_exec.Image with { Path = evil } },
            s_exec with { Process = new ProcessFacts { Path = "/bin/" + new string('Ä', 70) } });

        var document = ToolPolicy.Parsed(proposal.Text);

        document.Rules.Length.ShouldBe(2);
        Allows(proposal, s_exec).ShouldBeFalse();
        Allows(proposal, s_exec with { Process = new ProcessFacts { Path = evil } }).ShouldBeTrue();
    }

    [Fact]
    public void The_same_events_in_another_order_give_the_same_text()
    {
        var other = s_exec with { Process = new ProcessFacts { Path = "/opt/bash" } };

        Propose(s_exec, other, s_exec).Text.ShouldBe(Propose(other, s_exec, s_exec).Text);
    }

    private static PolicyProposal Propose(params OperationFacts[] facts) =>
        PolicyLearner.Propose("learned", [.. facts.Select(f => new LearnedEvent(new RecordedOperation(f, []), "watch/seen"))]);

    // A rule before a refusal of everything: what it does not allow is refused.
    private static bool Allows(PolicyProposal proposal, OperationFacts facts)
    {
        var document = ToolPolicy.Parsed(proposal.Text);
        ProcessFacts Bound(ProcessFacts process) => process with { BoundPaths = process.Path is null ? [] : [process.Path] };
        var bound = facts with
        {
            Process = Bound(facts.Process),
            Target = Bound(facts.Target),
            Image = facts.Image with { BoundPaths = facts.Image.Path is null ? [] : [facts.Image.Path] },
        };
        return PolicyEvaluator.Evaluate(ToolPolicy.Compile(document), bound).DecidingRule is not null;
    }
}
