using System.Text.Json;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>The owner's key and tickets, from the key to what the agent allows.</summary>
public sealed class TicketCommandTests : IDisposable
{
    private const string Host = Owner.Host;
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Key => _directory.File("owner.pem");

    [Fact]
    public async Task A_new_key_says_where_its_halves_belong_and_which_it_is()
    {
        var (status, output, error) = await CommandLine.RunAsync("key", "new", "--out", Key);

        (status, error).ShouldBe((0, ""));
        var fingerprint = output.TrimEnd().Split(' ')[^1];
        output.ShouldStartWith($"private key: {Key}\n");
        output.ShouldContain($"public key:  {Key}.pub\n");
        output.ShouldContain($"sudo install -D -m 644 {Key}.pub /etc/gatehouse/owner.pub\n");
        (await CommandLine.RunAsync("key", "show", Key)).ShouldBe((0, fingerprint + " private\n", ""));
        (await CommandLine.RunAsync("key", "show", Key + ".pub")).ShouldBe((0, fingerprint + " public\n", ""));
    }

    [Fact]
    public async Task A_key_is_never_written_over()
    {
        await CommandLine.RunAsync("key", "new", "--out", Key);
        var before = await File.ReadAllTextAsync(Key, Cancel);

        var (status, output, error) = await CommandLine.RunAsync("key", "new", "--out", Key);

        (status, output).ShouldBe((1, ""));
        error.ShouldStartWith("gatehouse: no key was made: ");
        (await File.ReadAllTextAsync(Key, Cancel)).ShouldBe(before);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("junk")]
    public async Task What_is_no_key_is_bad_input(string file)
    {
        _directory.Write("junk", "junk");

        var (status, _, error) = await CommandLine.RunAsync("key", "show", _directory.File(file));

        status.ShouldBe(2);
        error.ShouldStartWith($"gatehouse: {_directory.File(file)} ");
    }

    [Fact]
    public async Task A_ticket_goes_to_standard_output_and_what_it_says_beside_it()
    {
        var (status, output, error) = await NewAsync(
            "--allow", "policy,unseal", "--for", "2h", "--host", Host, "--not-before", "2026-12-01T09:00:00Z", "--reason", "replace the disk");

        status.ShouldBe(0);
        output.ShouldStartWith("-----BEGIN GATEHOUSE TICKET-----\n");
        output.ShouldEndWith("\n-----END GATEHOUSE TICKET-----\n");
        error.ShouldMatch(
            "^ticket:      [0-9a-f]{32}\nallows:      unseal, policy\nhost:        4c4c45440042351080354fc04f463032\nvalid from:  2026-12-01T09:00:00Z\n"
            + "valid until: 2026-12-01T11:00:00Z \\(2h\\)\nreason:      replace the disk\nkey:         [0-9a-f]{64}\n$");
    }

    [Fact]
    public async Task Shown_with_the_key_it_is_right_and_with_another_or_changed_it_is_not()
    {
        var text = (await NewAsync("--allow", "stop", "--for", "30m", "--any-host")).Output;
        var file = _directory.Write("ticket", text);
        await CommandLine.RunAsync("key", "new", "--out", _directory.File("other.pem"));

        var bare = await CommandLine.RunAsync("ticket", "show", file);
        var right = await CommandLine.RunAsync("ticket", "show", file, "--key", Key + ".pub");
        var other = await CommandLine.RunAsync("ticket", "show", file, "--key", _directory.File("other.pem.pub"));
        var changed = await CommandLine.RunAsync("ticket", "show", _directory.Write("t2", Flip(text)), "--key", Key + ".pub");

        bare.Status.ShouldBe(0);
        bare.Output.ShouldContain("host:        ANY, once on each\n");
        bare.Output.ShouldEndWith("signature:   not verified: --key FILE names the key to verify it with\n");
        (right.Status, right.Output.EndsWith("signature:   right\n", StringComparison.Ordinal)).ShouldBe((0, true));
        other.Status.ShouldBe(1);
        other.Output.ShouldContain("signature:   WRONG: the ticket is signed by the key ");
        changed.Status.ShouldBe(1);
        changed.Output.ShouldContain("signature:   WRONG: the ticket is not what the owner's key has signed");
    }

    [Fact]
    public async Task A_ticket_survives_a_mail_and_standard_input()
    {
        var text = (await NewAsync("--allow", "stop", "--for", "30m", "--any-host")).Output;
        using var mail = new StringReader("Dear all,\r\nhere it is:\r\n\r\n  " + text.ReplaceLineEndings(" \r\n  ") + "\r\nYours\r\n");

        var (status, output, _) = await CommandLine.RunWithInputAsync(mail, "ticket", "show", "-", "--key", Key + ".pub");

        (status, output.EndsWith("signature:   right\n", StringComparison.Ordinal)).ShouldBe((0, true));
    }

    [Fact]
    public async Task What_has_not_one_ticket_in_it_is_bad_input()
    {
        var text = (await NewAsync("--allow", "stop", "--for", "30m", "--any-host")).Output;
        foreach (var content in (string[])["", "junk", text + text, text[..40], new string('x', 100_000)])
        {
            var (status, output, error) = await CommandLine.RunAsync("ticket", "show", _directory.Write("t", content));

            (status, output).ShouldBe((2, ""));
            error.ShouldStartWith($"gatehouse: {_directory.File("t")} ");
        }

        (await CommandLine.RunAsync("ticket", "use", _directory.File("none"))).Status.ShouldBe(2);
    }

    [Fact]
    public async Task A_ticket_is_written_to_a_new_file_only()
    {
        var file = _directory.File("ticket.txt");
        (await NewAsync("--allow", "stop", "--for", "30m", "--any-host", "--out", file)).Output.ShouldBe("");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var before = await File.ReadAllTextAsync(file, Cancel);

        var (status, _, error) = await NewAsync("--allow", "stop", "--for", "30m", "--any-host", "--out", file);

        status.ShouldBe(1);
        error.ShouldStartWith("gatehouse: the ticket was not written: ");
        (await File.ReadAllTextAsync(file, Cancel)).ShouldBe(before);
    }

    [Theory]
    [InlineData("--allow reboot --for 1h --any-host", "there is no action 'reboot'; there are unseal, stop, upgrade, policy")]
    [InlineData("--allow unseal, --for 1h --any-host", "there is no action ''")]
    [InlineData("--allow Unseal --for 1h --any-host", "there is no action 'Unseal'")]
    [InlineData("--for 1h --any-host", "'--allow' is required")]
    [InlineData("--allow unseal --any-host", "'--for' is required")]
    [InlineData("--allow unseal --for 169h --any-host", "from 1s to 168h")]
    [InlineData("--allow unseal --for 0s --any-host", "from 1s to 168h")]
    [InlineData("--allow unseal --for 1h", "either --host MACHINE-ID or --any-host must be given")]
    [InlineData("--allow unseal --for 1h --any-host --host " + Host, "either --host MACHINE-ID or --any-host must be given")]
    [InlineData("--allow unseal --for 1h --host nas", "--host takes a machine id, 32 lower-case hexadecimal digits")]
    [InlineData("--allow unseal --for 1h --any-host --not-before noon", "--not-before takes a time in UTC like 2026-12-01T09:00:00Z")]
    [InlineData("--allow unseal --for 1h --any-host --reason \u001b[2J", "a reason is one line of printable text")]
    public async Task Wrong_usage_is_named(string line, string message)
    {
        var (status, output, error) = await NewAsync(line.Split(' '));

        (status, output).ShouldBe((2, ""));
        error.ToLowerInvariant().ShouldContain(message.ToLowerInvariant());
    }

    [Fact]
    public async Task Without_the_private_key_no_ticket_is_made()
    {
        await CommandLine.RunAsync("key", "new", "--out", Key);

        var (status, output, error) = await CommandLine.RunAsync(
            "ticket", "new", "--key", Key + ".pub", "--allow", "stop", "--for", "1h", "--any-host");

        (status, output, error).ShouldBe((2, "", $"gatehouse: {Key}.pub is a public key; the private one is needed to sign\n"));
    }

    [Fact]
    public async Task The_agent_takes_it_once_and_the_list_shows_it()
    {
        await CommandLine.RunAsync("key", "new", "--out", Key);
        File.Copy(Key + ".pub", _directory.File("owner.pub"));
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory, change: e => e with { MachineId = Host });
        var none = await RunAsync(agent, "ticket", "list");
        var file = _directory.Write("ticket", (await NewAsync("--allow", "unseal,stop", "--for", "2h", "--host", Host, "--reason", "disk")).Output);

        var used = await RunAsync(agent, "ticket", "use", file);
        var again = await RunAsync(agent, "ticket", "use", file);
        var list = await RunAsync(agent, "ticket", "list");
        var json = JsonDocument.Parse((await RunAsync(agent, "ticket", "list", "--json")).Output).RootElement;
        var events = await RunAsync(agent, "events");

        none.Output.ShouldStartWith($"no ticket was used\nhost:        {Host}\nowner's key: ");
        (used.Status, used.Error).ShouldBe((0, ""));
        used.Output.ShouldMatch("^allowed until [0-9TZ:-]+ \\((2h|7199s|7198s)\\): unseal, stop; ticket [0-9a-f]{32} is used up\n$");
        (again.Status, again.Output).ShouldBe((2, ""));
        again.Error.ShouldStartWith("gatehouse: Already used: the ticket ");
        list.Output.ShouldMatch("^TICKET +ALLOWS +USED +BY +ACTIVE UNTIL +REASON\n[0-9a-f]{32}  unseal,stop  [0-9TZ:-]+  uid [0-9]+ pid [0-9]+  20[0-9TZ:-]+  disk\nhost: ");
        list.Output.ShouldNotContain("problem:");
        json.GetProperty("tickets")[0].GetProperty("actions")[1].GetString().ShouldBe("stop");
        events.Output.ShouldContain("AGENT agent.ticket-used: ");
        events.Output.ShouldContain("AGENT agent.ticket-refused: ");
    }

    [Fact]
    public async Task The_list_says_why_no_ticket_is_accepted()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory, change: static e => e with { MachineId = null });

        var (status, output, _) = await RunAsync(agent, "ticket", "list");

        (status, output).ShouldBe((
            0,
            "no ticket was used\nhost:        this host has no machine id\nowner's key: none\n"
            + $"problem:     there is no owner's key at {_directory.File("owner.pub")}, so that no ticket can be verified\n"));
    }

    public void Dispose() => _directory.Dispose();

    // The last character before the padding and the end is of the signature.
    private static string Flip(string text)
    {
        var lines = text.Split('\n');
        var bytes = Convert.FromBase64String(string.Concat(lines[1..^2]));
        bytes[^40] ^= 1;
        return $"{lines[0]}\n{string.Join('\n', Convert.ToBase64String(bytes).Chunk(64).Select(static c => new string(c)))}\n{lines[^2]}\n";
    }

    private static Task<(int Status, string Output, string Error)> RunAsync(TestAgent agent, params string[] arguments) =>
        CommandLine.RunAsync([.. arguments, "--socket", agent.SocketPath]);

    private async Task<(int Status, string Output, string Error)> NewAsync(params string[] arguments)
    {
        if (!File.Exists(Key))
        {
            await CommandLine.RunAsync("key", "new", "--out", Key);
        }

        return await CommandLine.RunAsync(["ticket", "new", "--key", Key, .. arguments]);
    }
}
