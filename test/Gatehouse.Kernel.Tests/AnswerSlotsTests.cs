using System.Text;
using Gatehouse.Abi;
using Gatehouse.Kernel.Loading;
using Gatehouse.Policy;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>An image numbers the clients that it asks by their names; the kernel side keeps answers where the agent says.</summary>
public sealed class AnswerSlotsTests
{
    private const int AnswersMask = (int)Mask.Image + (int)ImageMask.MaskAnswers;

    private static readonly PolicyImage s_image = Asking("acme", "zeta");

    [Fact]
    public void Without_slots_each_client_has_its_place_in_the_image() =>
        Bits(TableContents.Of(s_image, [], [])).ShouldBe([0, 1, 16, 17]);

    [Fact]
    public void The_bits_of_answers_are_those_of_the_clients_slots_and_others_stay()
    {
        var contents = TableContents.Of(s_image, [], [], new Dictionary<string, int>(StringComparer.Ordinal) { ["zeta"] = 3, ["acme"] = 15, ["gone"] = 0 });

        Bits(contents).ShouldBe([3, 15, 19, 31]);
        contents.Steps.Where(static s => s is { Source: (int)Mask.Image, Kind: (byte)StepKind.Mask }).Select(static s => s.Bit).Distinct()
            .ShouldHaveSingleItem().ShouldBe((byte)0);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(16, 0)]
    [InlineData(-1, 0)]
    public void A_slot_that_is_shared_or_does_not_exist_is_refused(int acme, int zeta) =>
        Should.Throw<InvalidOperationException>(() => TableContents.Of(
            s_image, [], [], new Dictionary<string, int>(StringComparer.Ordinal) { ["acme"] = acme, ["zeta"] = zeta }));

    [Fact]
    public void A_client_without_a_slot_is_refused() =>
        Should.Throw<InvalidOperationException>(() => TableContents.Of(
            s_image, [], [], new Dictionary<string, int>(StringComparer.Ordinal) { ["acme"] = 0 })).Message.ShouldContain("zeta");

    [Fact]
    public void Rows_of_a_rule_that_asks_deny_allow_and_do_what_onMiss_says()
    {
        var rows = TableContents.Of(s_image, [], []).Rows.Where(static r => r.Rule == 0).ToList();

        rows.Select(static r => (Abi.Action)r.Action).ShouldBe([Abi.Action.Deny, Abi.Action.Allow, Abi.Action.Allow]);
        rows.ShouldAllBe(static r => r.Enforced == 1);
    }

    [Fact]
    public void Trust_and_verity_are_masks_that_are_classes()
    {
        var when = $"image.trust == \"none\" || image.verityDigest == \"{new string('1', 64)}\"";
        var image = Compile([Parse("p", "local", $"- {{name: t, on: process.exec, when: '{when}', action: deny}}")]);
        var steps = TableContents.Of(image, [], []).Steps.Where(static s => s.Kind == (byte)StepKind.MaskClass).ToList();

        steps.Select(static s => (int)s.Source).Distinct().ShouldBe([9, 10], ignoreOrder: true);
        steps.First(static s => s.Source == 9).Count.ShouldBe((uint)TrustClass.Count);
    }

    private static int[] Bits(TableContents contents) =>
        [.. contents.Steps.Where(static s => s is { Source: AnswersMask, Kind: (byte)StepKind.Mask }).Select(static s => (int)s.Bit).Distinct().Order()];

    private static PolicyImage Asking(params string[] clients) => Compile([.. clients.Select(static c => Parse(
        c, c, "- {name: r, on: process.exec, when: image.memfd, action: ask, onMiss: allow}"))]);

    private static PolicyImage Compile(IReadOnlyList<PolicyDocument> documents) => PolicyCompiler.Compile(documents).Image.ShouldNotBeNull();

    private static PolicyDocument Parse(string name, string client, string rule)
    {
        var text = $"apiVersion: gatehouse/v1\nmetadata: {{name: {name}, client: {client}}}\nrules:\n  {rule}\n";
        var result = PolicyParser.Parse(new PolicySource(name, Encoding.UTF8.GetBytes(text)));
        return result.Document.ShouldNotBeNull(string.Join('\n', result.Diagnostics));
    }
}
