using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class TrustCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestDirectory _root = new();

    public TrustCommandTests()
    {
        Install("tool", "1", "echo one");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => _root.File("var/lib/gatehouse/trust.db");

    [Fact]
    public async Task A_scan_says_in_a_pipe_what_was_recorded_and_how_far_it_is()
    {
        var (status, output, error) = await RunAsync("scan");

        status.ShouldBe(0);
        output.ShouldStartWith("1 digests recorded from 1 files of 1 packages, 0.0 MiB hashed; the database is number 1 with 1 entries\n");
        error.ShouldBe("scanning: 1 of 1 files\n");
        (await RunAsync("export")).Output.ShouldBe($"{Sha256("#!/bin/sh\necho one\n")}  /usr/bin/tool\n");
    }

    [Fact]
    public async Task A_terminal_gets_a_bar_and_the_same_facts()
    {
        var (status, output, error) = await CommandLine.RunAsync([], terminal: true, ["trust", "scan", "--root", _root.Path]);

        status.ShouldBe(0);
        output.ShouldContain("1 digests recorded");
        output.ShouldContain("the database is number 1 with 1 entries");
        error.ShouldContain("scanning");
        error.ShouldContain("\u001b[");
        error.ShouldNotContain("of 1 files");
    }

    [Fact]
    public async Task A_changed_file_is_named_not_recorded_and_found_by_verify()
    {
        File.AppendAllText(_root.File("usr/bin/tool"), "backdoor\n");

        (await RunAsync("scan")).Output.ShouldStartWith("changed      /usr/bin/tool (tool): MD5 is ");
        var (status, output, _) = await RunAsync("verify");
        status.ShouldBe(1);
        output.ShouldStartWith("unrecorded /usr/bin/tool");

        (await RunAsync("scan", "--accept-changed")).Output.ShouldContain("1 digests recorded");
        var json = JsonDocument.Parse((await RunAsync("scan", "--accept-changed", "--json")).Output).RootElement;
        json.GetProperty("findings")[0].GetProperty("problem").GetString().ShouldBe("changed");
    }

    [Fact]
    public async Task Verify_is_silent_about_nothing_and_names_what_is_missing()
    {
        await RunAsync("scan");
        (await RunAsync("verify")).ShouldBe((0, "1 entries, no difference\n", "verifying: 1 of 1 files\nverifying: 1 of 1 files\n"));
        File.Delete(_root.File("usr/bin/tool"));

        var (status, output, _) = await RunAsync("verify", "--json");

        status.ShouldBe(1);
        JsonDocument.Parse(output).RootElement.GetProperty("differences")[0].GetProperty("problem").GetString().ShouldBe("missing");
    }

    [Fact]
    public async Task What_is_added_by_hand_stays_in_a_scan_and_goes_by_path_or_digest()
    {
        var file = _directory.Write("mine", "mine");
        await RunAsync("add", file);
        await RunAsync("scan");

        var (_, output, _) = await RunAsync("list", "--source", "baseline");
        output.ShouldContain($"baseline  content  {Sha256("mine")[..12]}  4     -     {file}");
        output.ShouldContain("1 of 2 entries, number 2, not signed");
        (await RunAsync("list", "--path", "/usr/*", "--json")).Output.ShouldContain("\"package\":\"tool\",\"version\":\"1\"");

        File.WriteAllText(file, "changed");
        (await RunAsync("add", file)).Output.ShouldContain("in place of 1");
        (await RunAsync("remove", "sha256:" + Sha256("changed"))).Output.ShouldContain("1 digests removed");
        var missing = await RunAsync("remove", file);
        missing.Status.ShouldBe(2);
        missing.Error.ShouldContain("nothing is recorded for");
        (await RunAsync("remove", "/usr/bin/tool")).Status.ShouldBe(0);
        (await RunAsync("list")).Output.ShouldBe("0 of 0 entries, number 5, not signed\n");
    }

    [Fact]
    public async Task A_signature_is_verified_before_anything_is_recorded()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = _directory.Write("mine", "mine");
        var pem = _directory.Write("key.pem", key.ExportSubjectPublicKeyInfoPem());
        var signature = _directory.File("mine.sig");
        await File.WriteAllBytesAsync(signature, key.SignData("mine"u8, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), Cancel);

        (await RunAsync("add", file, "--signature", signature, "--public-key", pem)).Output.ShouldStartWith("signer content " + Sha256("mine"));
        File.WriteAllText(file, "other");
        var (status, _, error) = await RunAsync("add", file, "--signature", signature, "--public-key", pem);

        (status, error).ShouldBe((2, $"gatehouse: {signature} is not a SHA-256 signature of {file} by that key; nothing was recorded\n"));
        (await RunAsync("list")).Output.ShouldContain("1 of 1 entries, number 1");
    }

    [Theory]
    [InlineData("add")]
    [InlineData("add", "/f", "--verity-digests", "/l")]
    [InlineData("add", "/f", "--signature", "/s")]
    [InlineData("add", "/f", "/g", "--signature", "/s", "--public-key", "/k")]
    [InlineData("add", "/f", "--source", "signer")]
    [InlineData("list", "--source", "none")]
    [InlineData("export", "--format", "xml")]
    public async Task Wrong_usage_is_refused(params string[] arguments) => (await RunAsync(arguments)).Status.ShouldBe(2);

    [Fact]
    public async Task The_owners_key_is_needed_and_an_update_without_it_warns_and_goes_on()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = _directory.Write("owner.pem", key.ExportECPrivateKeyPem());
        await RunAsync("scan", "--key", pem);
        _root.Write("etc/gatehouse/owner.pub", key.ExportSubjectPublicKeyInfoPem());
        (await RunAsync("list")).Output.ShouldContain("signed by the owner");

        var refused = await RunAsync("scan");
        refused.Status.ShouldBe(1);
        refused.Error.ShouldContain("--key FILE names the private key");

        Install("tool", "2", "echo two");
        var (status, _, error) = await RunAsync("update");
        status.ShouldBe(0);
        error.ShouldContain("warning: 1 packages changed and 0 are gone, but the trust database is signed");
        (await RunAsync("update", "--key", pem)).Output.ShouldContain("the database is number 2");

        await File.AppendAllTextAsync(Database, "x", Cancel);
        (await RunAsync("list")).Status.ShouldBe(1);
        (await RunAsync("scan", "--key", pem)).Error.ShouldContain("is not the owner's signature");
        (await RunAsync("scan", "--key", pem, "--new")).Status.ShouldBe(0);
        (await RunAsync("list")).Status.ShouldBe(0);
    }

    [Fact]
    public async Task An_update_never_makes_a_database_and_records_what_changed()
    {
        var none = await RunAsync("update");
        none.Status.ShouldBe(0);
        none.Error.ShouldContain("there is nothing to update");
        File.Exists(Database).ShouldBeFalse();

        await RunAsync("scan");
        (await RunAsync("update")).Output.ShouldStartWith("0 digests recorded");
        Install("tool", "2", "echo two");
        (await RunAsync("update")).Output.ShouldStartWith("1 digests recorded");
        (await RunAsync("export")).Output.ShouldBe($"{Sha256("#!/bin/sh\necho two\n")}  /usr/bin/tool\n");
    }

    [Fact]
    public async Task The_agent_is_told_of_a_change_and_the_status_shows_it()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);
        string[] place = ["--database", _directory.File("state/trust.db"), "--owner-key", _directory.File("owner.pub"), "--socket", agent.SocketPath];

        var (status, _, error) = await CommandLine.RunAsync(["trust", "add", _directory.Write("mine", "mine"), .. place]);

        (status, error).ShouldBe((0, "the agent trusts 1 digests now\n"));
        agent.Gate.Trusted.ShouldHaveSingleItem();
        var shown = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);
        shown.Output.ShouldContain("\ntrust:        number 1 of ");
        shown.Output.ShouldContain(": 1 digests; entries baseline 1, package 0, signer 0\n");

        await File.AppendAllTextAsync(_directory.File("state/trust.db"), "x", Cancel);
        await Should.ThrowAsync<Sdk.Problems.ControlProblemException>(() => agent.Client.ReloadTrustAsync(Cancel));
        (await CommandLine.RunAsync("status", "--socket", agent.SocketPath)).Output.ShouldContain("\ntrust:        REFUSED, nothing new is trusted: ");
    }

    [Fact]
    public async Task Without_an_agent_a_change_is_made_and_said()
    {
        var (status, _, error) = await CommandLine.RunAsync(
            "trust", "add", _directory.Write("mine", "mine"), "--database", _directory.File("t.db"), "--owner-key", _directory.File("owner.pub"),
            "--socket", _directory.File("none.sock"));

        (status, error).ShouldBe((0, "gatehouse: warning: no agent answers; it reads the database when it starts\n"));
    }

    public void Dispose()
    {
        _root.Dispose();
        _directory.Dispose();
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(["trust", arguments[0], "--root", _root.Path, .. arguments[1..]]);

    private void Install(string package, string version, string script)
    {
        var text = $"#!/bin/sh\n{script}\n";
        File.SetUnixFileMode(_root.Write("usr/bin/" + package, text), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _root.Write($"var/lib/dpkg/info/{package}.list", $"/usr/bin/{package}\n");
        _root.Write($"var/lib/dpkg/info/{package}.md5sums", $"{Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)))}  usr/bin/{package}\n");
        _root.Write("var/lib/dpkg/status", $"Package: {package}\nStatus: install ok installed\nVersion: {version}\n");
    }
}
