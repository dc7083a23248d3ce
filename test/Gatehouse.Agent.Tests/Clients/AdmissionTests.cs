using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Health;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel.Clients;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

public sealed class AdmissionTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private string? _trusted;

    public AdmissionTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_directory.File("s")));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void While_nobody_is_registered_the_agents_user_is_any_client() =>
        Admit("whoever").ShouldBe(AdmissionOutcome.Unlimited);

    [Fact]
    public void While_nobody_is_registered_another_user_is_none() =>
        Admit("whoever", privileged: 4_000_000).Refusal!.ShouldContain("only root");

    [Fact]
    public void The_registered_program_is_let_in()
    {
        Registration.Add(_directory, Registration.Text());

        var outcome = Admit("acme");

        outcome.Refusal.ShouldBeNull();
        outcome.Client!.Name.ShouldBe("acme");
    }

    [Fact]
    public void A_file_that_registers_nobody_lets_nobody_in()
    {
        Registration.Add(_directory, "client: acme");

        Admit("acme").Refusal!.ShouldContain("does not register \"acme\"");
    }

    [Fact]
    public void Another_name_is_not_let_in_although_the_program_is_registered()
    {
        Registration.Add(_directory, Registration.Text());

        Admit("other").Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void Another_program_is_not_let_in()
    {
        Registration.Add(_directory, Registration.Text(path: "/usr/bin/env"));

        Admit("acme").Refusal!.ShouldContain("does not execute /usr/bin/env");
    }

    [Fact]
    public void Another_user_is_not_let_in()
    {
        Registration.Add(_directory, Registration.Text(user: "4000000"));

        Admit("acme").Refusal!.ShouldContain("is registered for user 4000000");
    }

    [Fact]
    public void The_file_counts_and_not_its_spelling()
    {
        File.CreateSymbolicLink(_directory.File("link"), Environment.ProcessPath!);
        Registration.Add(_directory, Registration.Text(path: _directory.File("link")));

        Admit("acme").Refusal.ShouldBeNull();
    }

    [Fact]
    public void A_copy_is_another_file_although_its_content_is_the_same()
    {
        File.Copy(Environment.ProcessPath!, _directory.File("copy"));
        Registration.Add(_directory, Registration.Text(path: _directory.File("copy")));

        Admit("acme").Refusal!.ShouldContain("does not execute");
    }

    [Fact]
    public void A_content_that_is_registered_is_let_in_and_another_is_not()
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Environment.ProcessPath!)));
        Registration.Add(_directory, WithContent($"sha256: {digest}"));
        Admit("acme").Refusal.ShouldBeNull();

        Registration.Add(_directory, WithContent($"sha256: {new string('0', 64)}"));
        Admit("acme").Refusal!.ShouldContain(digest);
    }

    [Fact]
    public void The_trust_that_is_registered_is_asked_for()
    {
        Registration.Add(_directory, WithContent("trust: package"));
        Admit("acme").Refusal!.ShouldContain("is not trusted by a package");

        _trusted = "package";
        Admit("acme").Refusal.ShouldBeNull();
    }

    [Fact]
    public void A_program_that_others_can_change_needs_its_content_registered()
    {
        Registration.Add(_directory, Registration.Text());

        // As if the file of this process were not root's: its owner is not among those who may change it.
        using var peer = Connect();
        var admission = new ClientAdmission(Registry(), new HashSet<uint> { 4_000_000 }, _ => null);

        admission.Admit(peer.Process, "acme").Refusal!.ShouldContain("can be changed by others than root");
    }

    [Fact]
    public async Task A_process_that_has_ended_is_not_taken_for_the_one_that_has_its_number()
    {
        using var child = Process.Start(new ProcessStartInfo("perl",
        [
            "-MSocket", "-e", "socket(S, AF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($ARGV[0])) or die; exit 0", _directory.File("s"),
        ]))!;
        using var socket = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var peer = PeerProcess.Of(socket);

        peer.IsAlive.ShouldBeFalse();
        Should.Throw<IOException>(peer.OpenExecutable);
    }

    [Fact]
    public void The_kernel_says_which_process_connected()
    {
        using var peer = Connect();

        peer.Process.Id.ShouldBe(Environment.ProcessId);
        peer.Process.Uid.ShouldBe(Registration.Uid);
        peer.Process.IsAlive.ShouldBeTrue();

        // SO_PEERPIDFD came with 6.5.
        peer.Process.IsExact.ShouldBe(Environment.OSVersion.Version >= new Version(6, 5));
    }

    private static string WithContent(string content) =>
        Registration.Text().Replace($"path: {Environment.ProcessPath}", $"path: {Environment.ProcessPath}, {content}", StringComparison.Ordinal);

    private ClientRegistry Registry() => new(
        _directory.File("clients.d"), new HashSet<uint> { 0, Registration.Uid }, new HealthBoard(), NullLogger<ClientRegistry>.Instance);

    private AdmissionOutcome Admit(string name, uint? privileged = null)
    {
        using var peer = Connect();
        return new ClientAdmission(Registry(), privileged is { } uid ? new HashSet<uint> { uid } : new HashSet<uint> { 0, Registration.Uid }, _ => _trusted)
            .Admit(peer.Process, name);
    }

    private Peer Connect()
    {
        var near = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        near.Connect(new UnixDomainSocketEndPoint(_directory.File("s")));
        var far = _listener.Accept();
        return new Peer(near, far, PeerProcess.Of(far));
    }

    private sealed record Peer(Socket Near, Socket Far, PeerProcess Process) : IDisposable
    {
        public void Dispose()
        {
            Process.Dispose();
            Far.Dispose();
            Near.Dispose();
        }
    }
}
