using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Policy.Tests.Evaluation;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>The same texts give the same bytes.</summary>
public sealed class DeterminismTests(ITestOutputHelper output)
{
    private const RuleOperations Load = RuleOperations.ImageLoad;

    public static TheoryData<int> Differences => [.. Enumerable.Range(0, Different.Length)];

    private static PolicyRule Reference => Rule("r", RuleAction.Deny, OneOf("image.path", "/a"), Load);

    private static ImmutableArray<PolicyRule> Different =>
    [
        Rule("r", RuleAction.Deny, OneOf("image.path", "/b"), Load),
        Rule("q", RuleAction.Deny, OneOf("image.path", "/a"), Load),
        Rule("r", RuleAction.Deny, OneOf("image.path", "/a"), RuleOperations.ProcessExec),
        Rule("r", RuleAction.Audit, OneOf("image.path", "/a"), Load),
        Rule("r", RuleAction.Deny, OneOf("image.path", "/a"), Load, RuleMode.Audit),
        Rule("r", RuleAction.Deny, OneOf("image.path", "/a"), Load, onMiss: MissAnswer.Allow),
        Rule("r", RuleAction.Deny, OneOf("image.file", "/a"), Load),
        Rule("r", RuleAction.Deny, StartsWith("image.path", "/a"), Load),
        Rule("r", RuleAction.Deny, OneOf("process.executable", "/a"), Load),
    ];

    [Fact]
    public void Random_policies_read_as_text_in_any_order_of_files_give_the_same_bytes()
    {
        var first = Seeds.First();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {first + 299}"));
        for (var seed = first; seed < first + 300; seed++)
        {
            var texts = new RandomPolicies(new Random(seed)).Next().Select(p => p.ToText()).ToArray();
            var once = TestPolicy.Compile(texts).ToBytes();

            TestPolicy.Compile([.. texts.Reverse()]).ToBytes().ShouldBe(once, $"seed {seed}");
        }
    }

    [Fact]
    public void Random_policies_mean_the_same_as_text_and_as_model()
    {
        var first = Seeds.First();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {first + 299}"));
        for (var seed = first; seed < first + 300; seed++)
        {
            var policies = new RandomPolicies(new Random(seed)).Next();
            var text = TestPolicy.Compile([.. policies.Select(p => p.ToText())]);
            var model = Compile([.. policies.Select(Document)]);

            text.Cells.SequenceEqual(model.Cells).ShouldBeTrue($"seed {seed}");
            text.Automaton.States.ShouldBe(model.Automaton.States, $"seed {seed}");
            text.Tables.Length.ShouldBe(model.Tables.Length, $"seed {seed}");
        }
    }

    [Fact]
    public void The_bytes_begin_with_magic_version_and_size()
    {
        var bytes = Compile(Document("p", Reference)).ToBytes();

        bytes.AsSpan(0, 4).SequenceEqual("GHPI"u8).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)).ShouldBe(4u);
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)).ShouldBe((uint)bytes.Length);
    }

    [Fact]
    public void The_fingerprint_is_the_hash_of_the_bytes_and_callers_cannot_change_it()
    {
        var image = Compile(Document("p", Reference));
        Array.Clear(image.ToBytes());

        image.Fingerprint.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(image.ToBytes())));
    }

    [Theory]
    [MemberData(nameof(Differences))]
    public void Whatever_differs_in_a_rule_changes_the_bytes(int which)
    {
        var reference = Compile(Document("p", Reference));

        Compile(Document("p", Reference)).Fingerprint.ShouldBe(reference.Fingerprint);
        Compile(Document("p", Different[which])).Fingerprint.ShouldNotBe(reference.Fingerprint, StringComparer.Ordinal);
    }
}
