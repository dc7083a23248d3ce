using System.Security.Cryptography;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class LockOutTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string _init;

    public LockOutTests() => _init = _directory.Write("lib/systemd", "the first process");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_rule_by_the_path_of_a_vital_file_is_refused_with_rule_and_file()
    {
        var finding = Check(TestAgent.DenyPath("p", _init, "stop-init")).ShouldHaveSingleItem();

        finding.Code.ShouldBe("GH4001");
        finding.Message.ShouldContain("\"stop-init\" of policy \"p\"");
        finding.Message.ShouldContain(_init);
        finding.Line.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_rule_by_a_link_to_a_vital_file_is_refused()
    {
        File.CreateSymbolicLink(_directory.File("sbin"), _directory.File("lib"));

        Check(TestAgent.DenyPath("p", _directory.File("sbin/systemd"))).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_rule_by_the_content_of_a_vital_file_is_refused()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_init)));

        Check(Deny($"image.sha256 == \"{hash}\"")).ShouldHaveSingleItem();
        Check(Deny($"image.sha256 == \"{new string('0', 64)}\"")).ShouldBeEmpty();
    }

    [Fact]
    public void A_rule_by_the_folder_of_a_vital_file_is_refused_however_it_is_spelled()
    {
        File.CreateSymbolicLink(_directory.File("sbin"), _directory.File("lib"));

        Check(Deny($"image.path.startsWith(\"{_directory.File("lib/")}\")")).ShouldHaveSingleItem();
        Check(Deny($"image.path.startsWith(\"{_directory.File("sbin/")}\")")).ShouldHaveSingleItem();
        Check(Deny($"image.path.startsWith(\"{_directory.File("other/")}\")")).ShouldBeEmpty();
    }

    [Fact]
    public void A_rule_by_the_identity_of_a_vital_file_is_refused()
    {
        Check(Deny($"image.file == \"{_init}\"")).ShouldHaveSingleItem();
        Check(Deny($"image.file != \"{_init}\"")).ShouldBeEmpty();
    }

    [Fact]
    public void A_rule_that_kills_is_refused_as_one_that_denies() =>
        Check(Rule("process.exec", $"image.file == \"{_init}\"", "kill")).ShouldHaveSingleItem();

    [Theory]
    [InlineData("memory.map", "process.uid == 0 && !memory.shared", false, true)]
    [InlineData("memory.map", "memory.backing == \"memfd\"", true, true)]
    [InlineData("memory.protect", "memory.shared", true, true)]
    [InlineData("memory.protect", "memory.shared", false, false)]
    [InlineData("memory.map", "\"write\" in memory.protection", true, false)]
    [InlineData("memory.map", "memory.backing == \"anonymous\"", true, false)]
    public void A_rule_that_keeps_a_vital_program_from_its_code_is_refused(string operation, string when, bool compilesCode, bool refused) =>
        Check(Rule(operation, when), compilesCode: compilesCode).Any(static d => d.Code is "GH4001").ShouldBe(refused);

    [Fact]
    public void A_rule_that_keeps_a_vital_program_from_starting_others_is_refused()
    {
        Check(Rule("process.create", "process.uid == 0")).ShouldHaveSingleItem().Message.ShouldContain($"new processes to {_init}");
        Check(Rule("thread.create", $"process.file == \"{_init}\"")).ShouldHaveSingleItem().Message.ShouldContain("new threads");
        Check(Rule("process.create", "process.uid == 1000")).ShouldBeEmpty();
    }

    [Fact]
    public void A_rule_that_asks_is_refused_if_nobody_needs_to_answer_for_a_vital_file()
    {
        var asks = Rule("process.exec", "image.memfd || process.uid == 0", "ask");
        asks = asks with { Text = asks.Text.Replace("name: p\n", "name: p\n  client: acme\n", StringComparison.Ordinal) };
        var finding = Check(asks).ShouldHaveSingleItem();

        finding.Message.ShouldContain("rule \"r\" of policy \"p\"");
        finding.Message.ShouldContain("client \"acme\" does not answer");
        finding.Suggestion.ShouldNotBeNull().ShouldContain("image.file");
        Check(asks with { Text = asks.Text + "    onMiss: allow\n" }).ShouldBeEmpty();
        Check(asks with
        {
            Text = asks.Text.Replace(
                "rules:\n", $"rules:\n  - {{name: vital, on: process.exec, when: 'image.file == \"{_init}\"', action: allow}}\n", StringComparison.Ordinal),
        }).ShouldBeEmpty();
    }

    [Fact]
    public void Trust_that_is_known_exempts_a_vital_file_and_trust_that_is_not_does_not()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_init)));
        var untrusted = Rule("process.exec", "image.trust == \"none\"");

        Check(untrusted).ShouldHaveSingleItem();
        Check(untrusted, h => h == hash ? "package" : "none").ShouldBeEmpty();
        Check(untrusted, _ => "none").ShouldHaveSingleItem();
    }

    [Fact]
    public void A_rule_that_keeps_the_agent_from_loading_its_bpf_programs_is_refused()
    {
        var finding = Check(Rule("image.load", "image.programType == \"lsm\" && process.uid == 0"), loadsPrograms: true).ShouldHaveSingleItem();

        finding.Message.ShouldContain($"BPF programs of type lsm to {_init}");
        Check(Rule("image.load", "image.programType == \"kprobe\""), loadsPrograms: true).ShouldBeEmpty();
        Check(Rule("image.load", $"image.kind == \"bpf-program\" && process.file != \"{_init}\""), loadsPrograms: true).ShouldBeEmpty();
    }

    [Fact]
    public void A_rule_that_only_reports_is_not_refused()
    {
        var file = TestAgent.DenyPath("p", _init);

        Check(file with { Text = file.Text + "    mode: audit\n" }).ShouldBeEmpty();
    }

    [Fact]
    public void Other_files_may_be_denied() => Check(TestAgent.DenyPath("p", "/usr/bin/nc")).ShouldBeEmpty();

    [Fact]
    public void The_files_of_this_host_include_the_loader_the_c_library_and_this_program()
    {
        var files = VitalFiles.OfThisHost();

        files.ShouldContain(f => f.IsLibrary && Path.GetFileName(f.Path).StartsWith("ld-linux", StringComparison.Ordinal));
        files.ShouldContain(f => f.IsLibrary && Path.GetFileName(f.Path).StartsWith("libc.so", StringComparison.Ordinal));
        files.ShouldContain(f => f.Path == Environment.ProcessPath);
        files.ShouldAllBe(f => File.Exists(f.Path));
    }

    [Fact]
    public async Task The_control_api_refuses_such_a_policy_and_keeps_what_runs()
    {
        await using var agent = await TestAgent.StartAsync(
            Cancel, change: e => e with { VitalFiles = () => [new VitalFile(_init, "the first process of this host", IsLibrary: false)] });
        var generation = agent.Gate.Generation;

        var refused = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("p", _init)], cancellationToken: Cancel));

        refused.Problem.Status.ShouldBe(422);
        refused.Problem.Diagnostics!.ShouldContain(d => d.Code == "GH4001");
        agent.Gate.Generation.ShouldBe(generation);
    }

    public void Dispose() => _directory.Dispose();

    private static PolicyFile Rule(string operation, string when, string action = "deny") => new(
        "p.yaml",
        $"""
        apiVersion: gatehouse/v1
        metadata:
          name: p
        rules:
          - name: r
            on: [{operation}]
            when: '{when}'
            action: {action}

        """);

    private static PolicyFile Deny(string when) => new(
        "p.yaml",
        $"""
        apiVersion: gatehouse/v1
        metadata:
          name: p
        rules:
          - name: r
            on: [process.exec, image.load]
            when: {when}
            action: deny

        """);

    private IReadOnlyList<PolicyDiagnostic> Check(PolicyFile file, Func<string, string?>? trustOf = null, bool loadsPrograms = false, bool compilesCode = false)
    {
        var (set, diagnostics) = PolicySet.Compile([file]);
        set.ShouldNotBeNull(string.Join('\n', diagnostics.Select(d => d.Message)));
        var vital = new VitalFile(_init, "the first process of this host", IsLibrary: false) { LoadsPrograms = loadsPrograms, CompilesCode = compilesCode };
        return new LockOutGuard(() => [vital], trustOf).Check(set);
    }
}
