using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Tools;

public sealed class CaseParserTests
{
    private static readonly PolicyDocument s_policy =
        ToolPolicy.Document("  - {name: netcat, on: process.exec, when: image.path == \"/usr/bin/nc\", action: deny}\n");

    [Fact]
    public void Every_fact_arrives_where_evaluators_look_for_it()
    {
        var facts = Read("""
            - name: one
              operation: process.exec
              process: {executable: /usr/bin/bash, file: [/usr/bin/bash, /bin/bash], uid: 1000, gid: 7, loginUid: 5,
                        capabilities: [CAP_CHOWN, CAP_KILL], container: true}
              ancestors:
                - {executable: /usr/sbin/sshd, file: /usr/sbin/sshd, sha256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}
              image: {path: /usr/bin/nc, kind: script, sha256: volatile, size: 5000000000, fileSystem: tmpfs, memfd: true, writers: true,
                      ownerUid: 4}
              request: {setuidGain: true, arguments: [nc, -e, ""], environment: LD_PRELOAD}
              expect: deny
              rule: netcat
            """).Stages;

        facts.Select(f => f.Operation).ShouldBe([GateOperation.ProcessExec, GateOperation.ProcessExecArguments]);
        var process = facts[0].Process;
        (process.Path, process.Uid, process.EffectiveUid, process.Gid, process.EffectiveGid, process.LoginUid)
            .ShouldBe(("/usr/bin/bash", 1000u, 1000u, 7u, 7u, 5u));
        process.BoundPaths.ShouldBe(["/usr/bin/bash", "/bin/bash"]);
        (process.Capabilities, process.Container, process.KernelThread).ShouldBe((0x21ul, true, false));
        var ancestor = process.Ancestors.ShouldHaveSingleItem();
        (ancestor.Path, ancestor.Sha256).ShouldBe(("/usr/sbin/sshd", ToolPolicy.HashA));
        var image = facts[0].Image;
        (image.Path, image.Kind, image.Sha256, image.VolatileContent, image.Size, image.FileSystemMagic, image.Flags, image.OwnerUid)
            .ShouldBe(("/usr/bin/nc", "script", null, true, 5_000_000_000ul, 0x01021994u, 9ul, 4u));
        facts[1].Request.Arguments.ShouldBe(["nc", "-e", ""]);
        facts[1].Request.Environment.ShouldBe(["LD_PRELOAD"]);
        facts[1].Request.SetuidGain.ShouldBeTrue();
    }

    [Theory]
    [InlineData("image.load", "image: {path: /x}", GateOperation.ImageLoadLibrary)]
    [InlineData("image.load", "image: {path: /x, kind: interpreter}", GateOperation.ImageLoadExecutable)]
    [InlineData("image.load", "image: {path: /x, kind: module, trust: signer, mountFlags: no-exec}", GateOperation.ImageLoadKernel)]
    [InlineData("image.load", "image: {kind: bpf-program, programType: kprobe}", GateOperation.ImageLoadProgram)]
    [InlineData("image.load", "image: {path: /x}, answers: {acme: allow}", GateOperation.ImageLoadLibrary)]
    [InlineData("process.create", "request: {namespaces: [user, mount]}", GateOperation.ProcessCreate)]
    [InlineData("process.exit", "request: {status: 3, signal: 9}", GateOperation.ProcessExit)]
    [InlineData("process.open", "request: {right: signal, signal: 9, child: true}", GateOperation.ProcessOpen)]
    [InlineData("process.credentials", "request: {change: uid, newUid: 0}", GateOperation.ProcessCredentials)]
    [InlineData("thread.create", "request: {ioWorker: true}", GateOperation.ThreadCreate)]
    [InlineData("thread.open", "target: {executable: /x, uid: 3}", GateOperation.ThreadOpen)]
    public void Every_operation_can_be_tried(string operation, string facts, GateOperation stage) =>
        Read($"- {{name: one, operation: {operation}, {facts}, expect: allow}}").Stages.Select(s => s.Operation).ShouldBe([stage]);

    [Fact]
    public void Trust_digest_answers_type_and_flags_of_the_mount_are_facts_of_the_image()
    {
        var image = Read(
            $"- {{name: one, operation: image.load, image: {{trust: package, verityDigest: {ToolPolicy.HashA.ToUpperInvariant()}, programType: lsm, "
            + "fromMemory: true, mountFlags: [no-suid, read-only]}, answers: {acme: deny, zeta: allow}, expect: allow}").Stages[0].Image;

        (image.Trust, image.VerityDigest, image.ProgramType, image.Flags).ShouldBe(("package", ToolPolicy.HashA, "lsm", 512ul | 2048 | 1024));
        image.Answers.ShouldBe(
            new Dictionary<string, ClientAnswer>(StringComparer.Ordinal) { ["acme"] = ClientAnswer.Deny, ["zeta"] = ClientAnswer.Allow }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("request: {protection: [read, write, execute]}", GateOperation.MemoryMap, "anonymous", 8ul | 16 | 32)]
    [InlineData("request: {requested: [read], backing: shared-memory, shared: true}", GateOperation.MemoryMap, "shared-memory", 1ul | 512)]
    [InlineData("request: {stack: true, readImpliesExecute: true}, image: {path: /x}", GateOperation.MemoryMapFile, "file", 2048ul | 8192)]
    [InlineData("request: {backing: memfd, heap: true}, image: {memfd: true}", GateOperation.MemoryMapFile, "memfd", 4096ul)]
    public void What_is_behind_memory_says_whether_there_is_a_file(string facts, GateOperation operation, string backing, ulong memory)
    {
        var stage = Read($"- {{name: one, operation: memory.map, {facts}, expect: kill}}").Stages.ShouldHaveSingleItem();

        (stage.Operation, stage.Request.Backing, stage.Request.Memory).ShouldBe((operation, backing, memory));
    }

    [Theory]
    [InlineData("operation: process.open, answers: {acme: allow}", "GH5002")]
    [InlineData("operation: memory.map, request: {before: [read]}", "GH5002")]
    [InlineData("operation: process.exec, answers: {acme: perhaps}", "GH1016")]
    [InlineData("operation: process.exec, answers: {Acme: allow}", "GH1015")]
    [InlineData("operation: process.exec, image: {verityDigest: volatile}", "GH2013")]
    [InlineData("operation: process.exec, image: {programType: kprobe}", "GH5002")]
    public void What_cannot_be_answered_or_known_is_reported(string facts, string code) =>
        ToolPolicy.Cases($"- {{name: one, {facts}, expect: allow}}").Diagnostics.Select(d => d.Code).ShouldBe([code]);

    [Fact]
    public void All_mistakes_are_reported_with_their_places_and_suggestions_in_one_go()
    {
        var result = ToolPolicy.Cases(
            """
            - name: one
              operation: process.exek
              expect: dney
            - name: one
              operation: process.exec
              image: {path: nc, pth: /x, kind: librari, sha256: abc, size: -1, memfd: yes}
              request: {right: debug, arguments: {a: b}}
              target: {uid: 1}
              expect: deny
              rule: netcta
            - name: two
              operation: process.open
              image: {path: /x}
              expect: kill
              expects: deny
            - operation: process.exit
              expect: deny
            - text
            """,
            s_policy);

        result.Cases.ShouldBeNull();
        result.Diagnostics.Select(d => $"{d.Span.StartLine}:{d.Span.StartColumn} {d.Code} {d.Suggestion}").ShouldBe(
        [
            "2:14 GH1020 did you mean `process.exec`?",
            "3:11 GH1016 did you mean `deny`?",
            "4:9 GH5001 give one of the two another name",
            "6:17 GH2010 begin it with `/`",
            "6:21 GH1010 did you mean `path`?",
            "6:36 GH1016 did you mean `library`?",
            "6:53 GH2013 write 64 hexadecimal digits, or `volatile`; leave it out for a hash that is not known",
            "6:64 GH1017 ",
            "6:75 GH1016 write one of: true, false",
            "7:13 GH5002 leave it out",
            "7:38 GH1013 ",
            "8:11 GH5002 leave `target` out; these have one: process.open, thread.open",
            "10:9 GH5003 did you mean `netcat`?",
            "13:10 GH5002 leave `image` out; these have one: process.exec, image.load, memory.map, memory.protect",
            "14:11 GH5004 write one of: allow, deny, audit",
            "15:3 GH1010 did you mean `expect`?",
            "16:3 GH1011 add `name:`",
            "17:11 GH5004 write one of: allow, audit",
            "18:3 GH1013 begin it with `name:`",
        ]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("[]")]
    [InlineData("name: one")]
    [InlineData("text")]
    public void A_file_without_cases_is_an_error_and_not_a_success(string text)
    {
        var result = ToolPolicy.Cases(text);

        result.Cases.ShouldBeNull();
        result.Diagnostics.ShouldHaveSingleItem().Code.ShouldBe("GH5005");
    }

    [Theory]
    [InlineData("- {name: one, operation: process.exec")]
    [InlineData("- &a {name: one}")]
    [InlineData("- name: {a: b}\n  operation: [x]\n  expect: {}\n")]
    [InlineData("- null\n- ~\n- [[]]")]
    public void Junk_is_a_diagnostic_and_never_an_exception(string text) =>
        ToolPolicy.Cases(text).Diagnostics.ShouldNotBeEmpty();

    private static PolicyCase Read(string text)
    {
        var result = ToolPolicy.Cases(text, s_policy);
        result.Cases.ShouldNotBeNull(string.Join('\n', result.Diagnostics));
        return result.Cases.ShouldHaveSingleItem();
    }
}
