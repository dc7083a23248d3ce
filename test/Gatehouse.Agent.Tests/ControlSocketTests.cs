using System.Net.Sockets;
using Gatehouse.Agent.Control;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class ControlSocketTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string SocketPath => _directory.File("run/control.sock");

    [Fact]
    public async Task The_socket_and_its_directory_are_for_the_owner_only()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);

        File.GetUnixFileMode(SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(_directory.File("run")).ShouldBe(OwnerOnly);
    }

    [Fact]
    public async Task A_socket_that_a_dead_agent_left_is_removed()
    {
        Directory.CreateDirectory(_directory.File("run"), OwnerOnly);
        LeaveStaleSocket();

        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);

        (await agent.Client.GetStatusAsync(Cancel)).Enforcement.Proven.ShouldBeTrue();
    }

    [Fact]
    public void A_socket_that_somebody_answers_at_is_left_alone()
    {
        Directory.CreateDirectory(_directory.File("run"), OwnerOnly);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(SocketPath));
        other.Listen();

        var refused = Should.Throw<ControlSocketException>(() => ControlSocket.Claim(SocketPath));

        refused.IsTaken.ShouldBeTrue();
        File.Exists(SocketPath).ShouldBeTrue();
    }

    [Theory]
    [InlineData("file")]
    [InlineData("link")]
    [InlineData("directory")]
    public void What_is_not_a_socket_is_not_removed(string what)
    {
        Directory.CreateDirectory(_directory.File("run"), OwnerOnly);
        var target = _directory.Write("precious", "");
        _ = what switch
        {
            "file" => (object)_directory.Write("run/control.sock", ""),
            "link" => File.CreateSymbolicLink(SocketPath, target),
            _ => Directory.CreateDirectory(SocketPath),
        };

        Should.Throw<ControlSocketException>(() => ControlSocket.Claim(SocketPath)).IsTaken.ShouldBeFalse();

        Path.Exists(SocketPath).ShouldBeTrue();
        File.Exists(target).ShouldBeTrue();
    }

    [Fact]
    public void A_directory_that_others_may_write_is_refused()
    {
        var run = Directory.CreateDirectory(_directory.File("run"), OwnerOnly).FullName;
        File.SetUnixFileMode(run, OwnerOnly | UnixFileMode.OtherWrite);

        Should.Throw<ControlSocketException>(() => ControlSocket.Claim(SocketPath)).Message.ShouldContain("written by others");
    }

    [Fact]
    public async Task A_peer_that_is_not_permitted_is_cut_off_unheard()
    {
        // The user of the test is none that this agent lets in.
        await using var agent = await TestAgent.StartAsync(Cancel, change: e => e with { AllowedUsers = new HashSet<uint> { 123_456_789 } });

        await Should.ThrowAsync<ControlProtocolException>(() => agent.Client.GetStatusAsync(Cancel));
    }

    public void Dispose() => _directory.Dispose();

    // .NET removes the socket when it is closed in order; a killed process does not.
    private void LeaveStaleSocket()
    {
        var other = _directory.File("run/other");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(other));
        File.Move(other, SocketPath);
    }
}
