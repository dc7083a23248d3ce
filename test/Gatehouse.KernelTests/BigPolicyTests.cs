using System.Globalization;
using System.Text;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// As many rules as a policy can have, of which only the last ones refuse; and more different processes and images than the kernel
/// side has numbers for (GH_CLASSES, 4096), so that verdicts are made without remembering.
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class BigPolicyTests(QuietAgent agent, BigPolicyTests.Big big) : IClassFixture<BigPolicyTests.Big>
{
    private const int RuleCount = 10_000;

    /// <summary>More than there are numbers for.</summary>
    private const int Users = 4200;
    private const int Images = 4200;
    private const int FirstUser = 100_000;

    [Fact]
    public async Task Last_of_ten_thousand_rules_refuses_and_a_neighbour_goes_on()
    {
        Assert.SkipUnless(Big.IsAffordable, Big.WhyNot);
        InGuest.Run(big.Denied).Refused.ShouldBeTrue("rule 9,999");
        InGuest.Run(big.Allowed).Ran.ShouldBeTrue("another program");
        Signal(big.Victim).ShouldBe(false, "rule 10,000");
        Signal(big.Neighbour).ShouldBe(true, "another process");
        (await agent.Client.GetStatusAsync()).Policies.ShouldHaveSingleItem().Rules.ShouldBe(RuleCount);
        var cursor = await agent.CursorAsync();
        InGuest.Run(big.Denied).Refused.ShouldBeTrue();
        (await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny)).Rule.ShouldBe("last-exec");
        Signal(big.Victim).ShouldBe(false);
        (await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny && string.Equals(d.Operation, "process.open", StringComparison.Ordinal)))
            .Rule.ShouldBe("last-open");
    }

    [Fact, Trait("kind", "chaos")]
    public async Task More_users_than_numbers_are_decided_each_by_its_rule()
    {
        Assert.SkipUnless(Big.IsAffordable, Big.WhyNot);
        var before = await ExhaustedAsync();
        string[] line = ["users", $"{big.Neighbour.Pid}", $"{FirstUser}", $"{Users}"];
        for (var round = 0; round < 2; round++)
        {
            // The first one has a number, the last one has none; each stands between two that are allowed.
            InGuest.Run(big.Many, line).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .ShouldBe([$"{FirstUser + 1}", $"{FirstUser + Users - 2}", $"granted {Users - 2}"], $"round {round}");
        }
        (await ExhaustedAsync()).ShouldBeGreaterThan(before, "there were not more users than numbers");
        Signal(big.Victim).ShouldBe(false, "others are decided as before");
        Signal(big.Neighbour).ShouldBe(true);
    }

    [Fact, Trait("kind", "chaos")]
    public async Task More_images_than_numbers_are_decided_each_by_its_rule()
    {
        Assert.SkipUnless(Big.IsAffordable, Big.WhyNot);
        var before = await ExhaustedAsync();
        for (var round = 0; round < 2; round++)
        {
            InGuest.Run(big.Many, "images", big.ImageFolder, $"{Images}").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .ShouldBe(["1", $"{Images - 2}", $"granted {Images - 2}"], $"round {round}");
        }
        (await ExhaustedAsync()).ShouldBeGreaterThan(before, "there were not more images than numbers");
        InGuest.Run(big.Denied).Refused.ShouldBeTrue("others are decided as before");
        InGuest.Run(big.Allowed).Ran.ShouldBeTrue();
    }

    private async Task<ulong> ExhaustedAsync() => (await agent.Client.GetStatusAsync()).Counters["classes-exhausted"];

    private static bool? Signal(Companion target)
    {
        var answer = Answer.Of(InGuest.Attack("subject"), "plain", $"{target.Pid}");
        return answer.Granted ? true : answer.Refused ? false : null;
    }

    /// <summary>The policy and what it is about; loaded once for all tests.</summary>
    public sealed class Big(QuietAgent agent) : IAsyncLifetime
    {
        public const string WhyNot = "on the oldest kernel only: loading it takes the emulated machine minutes, and it tests sizes, not kernels";

        private const string Never = "process.gid == 54321";

        private readonly Volume _volume = Volume.Create("tmpfs");
        private string _victimFile = "";

        public static bool IsAffordable { get; } = Environment.GetEnvironmentVariable("GATEHOUSE_VM") is "6.1";

        internal string Denied { get; private set; } = "";

        internal string Allowed { get; private set; } = "";

        internal string Many { get; private set; } = "";

        internal string ImageFolder { get; private set; } = "";

        internal Companion Victim { get; private set; } = null!;

        internal Companion Neighbour { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            if (!IsAffordable)
                return;
            Denied = _volume.Add(InGuest.Attack("payload-static"), "denied");
            Allowed = _volume.Add(Denied, "allowed");
            Many = _volume.Add(InGuest.Attack("many"), "many");
            ImageFolder = Path.Combine(_volume.Folder, "images");
            InGuest.Prepare($"mkdir {ImageFolder}; cd {ImageFolder}; i=0; while [ $i -lt {Images} ]; do echo $i > $i; i=$((i + 1)); done");
            _victimFile = _volume.Add(InGuest.Attack("victim"), "victim");
            Victim = Companion.Victim(_victimFile);
            Neighbour = Companion.Victim(_volume.Add(InGuest.Attack("victim"), "neighbour"));
            await agent.EnsureAsync(Rules.Neutral);
            InGuest.Run(Denied).Ran.ShouldBeTrue("works without a rule");
            Signal(Victim).ShouldBe(true, "works without a rule");
            InGuest.Run(Many, "users", $"{Neighbour.Pid}", $"{FirstUser}", $"{Users}").Output.Trim()
                .ShouldBe($"granted {Users}", "works without a rule");
            InGuest.Run(Many, "images", ImageFolder, $"{Images}").Output.Trim().ShouldBe($"granted {Images}", "works without a rule");
            await agent.ApplyAsync(Text());
        }

        public async ValueTask DisposeAsync()
        {
            if (IsAffordable)
                await agent.ApplyAsync(Rules.Neutral);
            Victim?.Dispose();
            Neighbour?.Dispose();
            _volume.Dispose();
        }

        /// <summary>A rule a user and a rule an image, so that they differ; all but two of each never match.</summary>
        private string Text()
        {
            var text = new StringBuilder();
            for (var i = 0; i < Users; i++)
                Add(text, $"user-{i}", "process.open", $"process.uid == {FirstUser + i} && {(IsRefused(i, Users) ? "open.right == \"signal\"" : Never)}");
            for (var i = 0; i < Images; i++)
                Add(text, $"image-{i}", "image.load", $"image.path == \"{ImageFolder}/{i}\"{(IsRefused(i, Images) ? "" : $" && {Never}")}");
            for (var i = 0; i < RuleCount - Users - Images - 2; i++)
                Add(text, $"other-{i}", "process.exec", $"image.path == \"/nowhere/{i}\"");
            Add(text, "last-exec", "process.exec", $"image.path == \"{Denied}\"");
            Add(text, "last-open", "process.open", $"target.file == \"{_victimFile}\" && open.right == \"signal\"");
            return text.ToString();
        }

        private static bool IsRefused(int i, int count) => i == 1 || i == count - 2;

        private static void Add(StringBuilder text, string name, string on, string when) => text.Append(
            CultureInfo.InvariantCulture, $"  - {{name: {name}, on: [{on}], when: '{when}', action: deny}}\n");
    }
}
