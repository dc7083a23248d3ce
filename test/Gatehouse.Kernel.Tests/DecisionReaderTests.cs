using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Abi;
using Gatehouse.Kernel.Events;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>Records of the ring: what they say, and which are refused.</summary>
public sealed class DecisionReaderTests
{
    private static DecisionEvent Sample()
    {
        var sample = new DecisionEvent { Operation = (uint)Operation.ImageLoadLibrary, Hook = (uint)Hook.MmapFile };
        sample.Header.Version = (ushort)Abi.Abi.Version;
        sample.Header.Kind = (ushort)EventKind.Decision;
        sample.Header.Sequence = 7;
        sample.Verdict.Rule = (uint)RuleIndex.None;
        sample.Verdict.AuditedRule = 3;
        sample.Process.LoginUid = uint.MaxValue;
        sample.Process.Session = 5;
        sample.Process.StartNanoseconds = 1_500;
        sample.Image.Inode.Inode = 5;
        sample.Image.Kind = (uint)ImageKind.Library;
        return sample;
    }

    private static byte[] Record(DecisionEvent decision, string text = "")
    {
        var tail = Encoding.UTF8.GetBytes(text);
        decision.Header.Size = (uint)(DecisionEvent.SizeInBytes + tail.Length);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<DecisionEvent>(in decision)), .. tail];
    }

    [Fact]
    public void Texts_are_read_where_the_record_says()
    {
        var sample = Sample();
        sample.Path = new Abi.Text { Offset = 0, Length = 4 };
        sample.Arguments = new Abi.Text { Offset = 4, Length = 5 };
        var decision = DecisionReader.Read(Record(sample, "/x/yab\0c\0"));
        decision.Image.ShouldNotBeNull().Path.ShouldBe("/x/y");
        decision.Process.Arguments.ShouldBe(["ab", "c"]);
        decision.Process.Executable.ShouldBeNull();
        decision.Rule.ShouldBeNull();
        decision.AuditedRule.ShouldBe(3);
        decision.Process.LoginUid.ShouldBeNull();
        decision.Process.SessionId.ShouldBe(5u);
        decision.Process.StartTime.ShouldBe(TimeSpan.FromTicks(15));
        decision.Image.Kind.ShouldBe("library");
        (decision.Operation, decision.Hook).ShouldBe(("image.load", "mmap_file"));
        decision.Target.ShouldBeNull();
        decision.Request.ShouldBeNull();
    }

    [Fact]
    public void Text_that_points_behind_the_record_is_left_out()
    {
        var sample = Sample();
        sample.Path = new Abi.Text { Offset = 2, Length = 100 };
        DecisionReader.Read(Record(sample, "/x/y")).Image!.Path.ShouldBeNull();
    }

    [Fact]
    public void Other_version_is_refused_with_both_numbers()
    {
        var sample = Sample();
        sample.Header.Version = 99;
        Should.Throw<InvalidDataException>(() => DecisionReader.Read(Record(sample))).Message
            .ShouldBe($"event of version 99; this agent reads version {(uint)Abi.Abi.Version}");
    }

    [Fact]
    public void Short_record_and_impossible_size_are_refused()
    {
        Should.Throw<InvalidDataException>(() => DecisionReader.Read(new byte[8]));
        var record = Record(Sample());
        record[4] = 0xff; // the size, low byte
        record[5] = 0xff;
        Should.Throw<InvalidDataException>(() => DecisionReader.Read(record));
    }

    [Theory]
    [InlineData(HashState.Known, "known", true)]
    [InlineData(HashState.Unknown, "unknown", false)]
    [InlineData(HashState.Volatile, "volatile", false)]
    [InlineData(HashState.NotNeeded, "not-needed", false)]
    public void Hash_is_shown_only_when_it_is_known(HashState state, string word, bool shown)
    {
        var sample = Sample();
        sample.Image.HashState = (uint)state;
        var image = DecisionReader.Read(Record(sample)).Image.ShouldNotBeNull();
        image.Sha256State.ShouldBe(word);
        (image.Sha256 is not null).ShouldBe(shown);
    }

    [Fact]
    public void Flags_and_cuts_have_their_names()
    {
        var sample = Sample();
        sample.Image.Flags = (uint)(ImageFlag.Overlay | ImageFlag.Writers);
        sample.Truncated = (uint)(Truncated.Path | Truncated.Arguments | Truncated.Target);
        var decision = DecisionReader.Read(Record(sample));
        decision.Image!.Flags.ShouldBe(["overlay", "writers"]);
        decision.Truncated.ShouldBe(["path", "arguments", "target.executable"]);
    }

    [Fact]
    public void An_operation_on_a_process_has_a_target_and_no_image()
    {
        var sample = Sample();
        sample.Operation = (uint)Operation.ThreadOpen;
        sample.Hook = (uint)Hook.TaskKill;
        sample.Image = default;
        sample.Target = new Target { Pid = 10, Tid = 11, StartNanoseconds = 200, Uid = 1, EffectiveUid = 2, Gid = 3, EffectiveGid = 4 };
        "sleep\0"u8.CopyTo(sample.Target.Command);
        sample.TargetExecutable = new Abi.Text { Offset = 1, Length = 4 };
        sample.Request = new Request { Right = (uint)Right.Terminate, Signal = 15, Flags = (uint)OperationFlag.Child };

        var decision = DecisionReader.Read(Record(sample, "x/y/z"));

        (decision.Operation, decision.Hook).ShouldBe(("thread.open", "task_kill"));
        decision.Image.ShouldBeNull();
        decision.Target.ShouldBe(new GateTarget
        {
            Pid = 10,
            Tid = 11,
            StartTime = TimeSpan.FromTicks(2),
            Uid = 1,
            EffectiveUid = 2,
            Gid = 3,
            EffectiveGid = 4,
            Command = "sleep",
            Executable = "/y/z",
        });
        decision.Request.ShouldBe(new GateRequest { Right = "terminate", Signal = 15, Child = true });
    }

    [Fact]
    public void Only_what_the_operation_has_is_read_from_the_request()
    {
        var full = new Request
        {
            Right = (uint)Right.Debug, Change = (uint)Change.UserNamespace, NewUid = 7, NewGid = 8, ExitStatus = 3,
            Bits = (ulong)(NamespaceFlag.Network | NamespaceFlag.Mount) | 0x4100, RunNanoseconds = 1_000,
            Flags = (uint)(OperationFlag.IoWorker | OperationFlag.SetuidGain),
        };

        GateRequest? Of(Operation operation) => RequestReader.Read(operation, full);

        Of(Operation.ProcessExec).ShouldBe(new GateRequest { SetuidGain = true });
        Of(Operation.ProcessExecArguments).ShouldBe(new GateRequest { SetuidGain = true });
        Of(Operation.ProcessCreate)!.Namespaces.ShouldBe(["mount", "network"]);
        Of(Operation.ProcessCreate)!.Flags.ShouldBe(["share-memory", "vfork"]);
        Of(Operation.ThreadCreate)!.Flags.ShouldBe(["share-memory", "vfork"]);
        Of(Operation.ProcessCreate)!.IoWorker.ShouldBeNull();
        Of(Operation.ThreadCreate)!.IoWorker.ShouldBe(true);
        var change = Of(Operation.ProcessCredentials)!;
        (change with { Gained = null }).ShouldBe(new GateRequest { Change = "user-namespace", NewUid = 7, NewGid = 8 });
        change.Gained.ShouldBe(["CAP_SETPCAP", "CAP_IPC_LOCK", "CAP_SYS_RAWIO", "CAP_AUDIT_CONTROL"]);
        Of(Operation.ProcessExit).ShouldBe(new GateRequest { ExitStatus = 3, RunTime = TimeSpan.FromTicks(10) });
        Of(Operation.ImageLoadExecutable).ShouldBeNull();
    }

    [Fact]
    public void An_exec_that_ends_in_a_kill_is_named_as_the_rule_names_it()
    {
        var sample = Sample();
        sample.Operation = (uint)Operation.ProcessExecArguments;
        sample.Hook = (uint)Hook.BprmCommittedCreds;
        sample.Verdict.Killed = 1;
        sample.Verdict.Reason = (uint)Reason.Rule;

        var decision = DecisionReader.Read(Record(sample));

        (decision.Operation, decision.Hook, decision.Reason).ShouldBe(("process.exec", "bprm_committed_creds", "rule"));
        (decision.Denied, decision.Killed).ShouldBe((false, true));
    }

    [Theory]
    [InlineData(Reason.SubjectUnknown, "subject-unknown")]
    [InlineData(Reason.NoMemory, "no-memory")]
    [InlineData(Reason.GenerationRace, "generation-race")]
    [InlineData((Reason)77, "reason-77")]
    public void A_reason_has_its_word_or_its_number(Reason reason, string word)
    {
        var sample = Sample();
        sample.Verdict.Reason = (uint)reason;
        DecisionReader.Read(Record(sample)).Reason.ShouldBe(word);
    }

    [Fact]
    public void What_a_newer_kernel_side_might_say_is_shown_by_its_number()
    {
        var sample = Sample();
        (sample.Operation, sample.Hook, sample.Image.Kind) = (99, 98, 97);

        var decision = DecisionReader.Read(Record(sample));

        (decision.Operation, decision.Hook, decision.Image!.Kind).ShouldBe(("operation-99", "hook-98", "kind-97"));
    }

    [Fact]
    public void What_is_no_file_has_a_kind_and_no_inode()
    {
        var sample = Sample();
        sample.Operation = (uint)Operation.ImageLoadProgram;
        sample.Hook = (uint)Hook.Bpf;
        sample.Image = new Image { Kind = (uint)ImageKind.BpfProgram, ProgramType = 2 };
        var decision = DecisionReader.Read(Record(sample));

        (decision.Operation, decision.Hook).ShouldBe(("image.load", "bpf"));
        (decision.Image!.Kind, decision.Image.ProgramType, decision.Image.Path).ShouldBe(("bpf-program", "kprobe", null));
        sample.Image.ProgramType = 99;
        DecisionReader.Read(Record(sample)).Image!.ProgramType.ShouldBe("type-99");
    }

    [Theory]
    [InlineData(TrustClass.NotAsked, "not-needed", null)]
    [InlineData(TrustClass.Unknown, "unknown", null)]
    [InlineData(TrustClass.Volatile, "volatile", null)]
    [InlineData(TrustClass.None, "known", "none")]
    [InlineData(TrustClass.None + 3, "known", "signer")]
    public void Trust_is_a_word_if_it_is_known(TrustClass found, string state, string? trust)
    {
        var sample = Sample();
        sample.Image.TrustClass = (uint)found;
        var image = DecisionReader.Read(Record(sample)).Image!;

        (image.TrustState, image.Trust).ShouldBe((state, trust));
    }

    [Fact]
    public void Digest_answers_and_flags_of_the_mount_are_read()
    {
        var sample = Sample();
        (sample.Image.HasVerity, sample.Image.Answers) = (1, 0x8001_0006);
        sample.Image.Verity[31] = 7;
        sample.Image.Flags = (uint)(ImageFlag.FromMemory | ImageFlag.WorldWritable | ImageFlag.MountNoExec);
        var image = DecisionReader.Read(Record(sample)).Image!;

        image.VerityDigest.ShouldBe(new string('0', 63) + "7");
        image.AllowedBy.ShouldBe([1, 2]);
        image.RefusedBy.ShouldBe([0, 15]);
        image.Flags.ShouldBe(["worldWritable", "fromMemory"]);
        image.MountFlags.ShouldBe(["no-exec"]);
    }
}
