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
        decision.Image.Path.ShouldBe("/x/y");
        decision.Process.Arguments.ShouldBe(["ab", "c"]);
        decision.Process.Executable.ShouldBeNull();
        decision.Rule.ShouldBeNull();
        decision.AuditedRule.ShouldBe(3);
        decision.Process.LoginUid.ShouldBeNull();
        decision.Process.SessionId.ShouldBe(5u);
        decision.Process.StartTime.ShouldBe(TimeSpan.FromTicks(15));
        decision.Kind.ShouldBe("library");
    }

    [Fact]
    public void Text_that_points_behind_the_record_is_left_out()
    {
        var sample = Sample();
        sample.Path = new Abi.Text { Offset = 2, Length = 100 };
        DecisionReader.Read(Record(sample, "/x/y")).Image.Path.ShouldBeNull();
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
        var image = DecisionReader.Read(Record(sample)).Image;
        image.Sha256State.ShouldBe(word);
        (image.Sha256 is not null).ShouldBe(shown);
    }

    [Fact]
    public void Flags_and_cuts_have_their_names()
    {
        var sample = Sample();
        sample.Image.Flags = (uint)(ImageFlag.Overlay | ImageFlag.Writers);
        sample.Truncated = (uint)(Truncated.Path | Truncated.Arguments);
        var decision = DecisionReader.Read(Record(sample));
        decision.Image.Flags.ShouldBe(["overlay", "writers"]);
        decision.Truncated.ShouldBe(["path", "arguments"]);
    }
}
