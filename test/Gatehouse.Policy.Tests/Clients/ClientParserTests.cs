using System.Text;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Clients;

public sealed class ClientParserTests
{
    private const string Sound = """
        apiVersion: gatehouse/v1
        client: acme-edr
        description: Acme's agent
        executable:
          path: /opt/acme/bin/edr
          sha256: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]
          trust: package
        user: acme
        classes: [process, image]
        altitude: { from: 300000, to: 309999 }
        quotas: { subscriptions: 2, rules: 500, policies: 8 }
        mayAsk: true
        mayProtect: false

        """;

    [Fact]
    public void Every_key_is_read()
    {
        var client = Parse(Sound).Client.ShouldNotBeNull();

        (client.Name, client.Description, client.ExecutablePath, client.Trust, client.User)
            .ShouldBe(("acme-edr", "Acme's agent", "/opt/acme/bin/edr", "package", "acme"));
        client.Sha256.ShouldBe([new string('a', 64)]);
        client.Classes.ShouldBe(["process", "image"]);
        (client.LowestAltitude, client.HighestAltitude).ShouldBe((300000, 309999));
        (client.MaxSubscriptions, client.MaxRules, client.MaxPolicies).ShouldBe((2, 500, 8));
        (client.MayAsk, client.MayProtect).ShouldBe((true, false));
    }

    [Fact]
    public void What_is_left_out_has_the_narrow_default()
    {
        var client = Parse("""
            apiVersion: gatehouse/v1
            client: small
            executable: { path: /usr/bin/small }
            user: "0"
            classes: [process]
            altitude: { from: 0, to: 0 }
            """).Client.ShouldNotBeNull();

        client.Sha256.ShouldBeEmpty();
        client.Trust.ShouldBeNull();
        (client.MaxSubscriptions, client.MaxRules, client.MaxPolicies)
            .ShouldBe((ClientLimits.DefaultSubscriptions, ClientLimits.DefaultRules, ClientLimits.DefaultPolicies));
        (client.MayAsk, client.MayProtect).ShouldBe((false, false));
    }

    [Theory]
    [InlineData("client: acme-edr", "client: Acme EDR", "2:9 GH1015")]
    [InlineData("client: acme-edr\n", "", "1:1 GH1011")]
    [InlineData("apiVersion: gatehouse/v1", "apiVersion: gatehouse/v9", "1:13 GH1014")]
    [InlineData("mayAsk: true", "mayask: true", "12:1 GH1010")]
    [InlineData("mayAsk: true", "mayAsk: yes", "12:9 GH1016")]
    [InlineData("mayAsk: true", "mayAsk: \"true\"", "12:9 GH1016")]
    [InlineData("user: acme\n", "", "1:1 GH1011")]
    [InlineData("user: acme", "user: [acme]", "8:7 GH1013")]
    [InlineData("  path: /opt/acme/bin/edr\n", "", "5:3 GH1011")]
    [InlineData("/opt/acme/bin/edr", "bin/edr", "5:9 GH2010")]
    [InlineData("/opt/acme/bin/edr", "/opt/../bin/edr", "5:9 GH2011")]
    [InlineData("/opt/acme/bin/edr", "/opt/", "5:9 GH2011")]
    [InlineData("[aaaaaaaa", "[AAAAAAAA", "6:12 GH2013")]
    [InlineData("sha256: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]", "sha256: []", "6:11 GH1022")]
    [InlineData("trust: package", "trust: vendor", "7:10 GH1016")]
    [InlineData("classes: [process, image]", "classes: []", "9:10 GH1022")]
    [InlineData("classes: [process, image]", "classes: [proces]", "9:11 GH1016")]
    [InlineData("from: 300000", "from: 400000", "10:19 GH1017")]
    [InlineData("to: 309999", "to: 1000001", "10:31 GH1017")]
    [InlineData(", to: 309999", "", "10:11 GH1011")]
    [InlineData("rules: 500", "rules: -1", "11:36 GH1017")]
    [InlineData("rules: 500", "rule: 500", "11:29 GH1010")]
    public void A_mistake_is_told_with_its_place(string right, string wrong, string expected)
    {
        var text = Sound.Replace(right, wrong, StringComparison.Ordinal);
        string.Equals(text, Sound, StringComparison.Ordinal).ShouldBeFalse();

        var parsed = Parse(text);

        parsed.Client.ShouldBeNull();
        parsed.Diagnostics.Select(static d => $"{d.Span.StartLine}:{d.Span.StartColumn} {d.Code}").Contains(expected, StringComparer.Ordinal).ShouldBeTrue();
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var parsed = Parse(Sound.Replace("trust: package", "trust: vendor", StringComparison.Ordinal).Replace("mayAsk: true", "mayask: true", StringComparison.Ordinal));

        parsed.Diagnostics.Select(static d => d.Code).ShouldBe(["GH1016", "GH1010"]);
        parsed.Diagnostics[1].Suggestion.ShouldBe("did you mean `mayAsk`?");
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a")]
    [InlineData("just text")]
    [InlineData("{")]
    [InlineData("client: &a b")]
    [InlineData("\u0000")]
    public void Whatever_is_in_the_file_ends_in_a_diagnostic(string text)
    {
        var parsed = Parse(text);

        parsed.Client.ShouldBeNull();
        parsed.Diagnostics.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_unread() =>
        Parse("#" + new string('x', ClientLimits.MaxFileBytes)).Diagnostics.ShouldHaveSingleItem().Code.ShouldBe("GH1002");

    private static ClientParseResult Parse(string text) => ClientParser.Parse(new PolicySource("acme.yaml", Encoding.UTF8.GetBytes(text)));
}
