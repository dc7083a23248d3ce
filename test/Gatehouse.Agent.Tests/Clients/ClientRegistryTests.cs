using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Health;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Status;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

public sealed class ClientRegistryTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly HealthBoard _health = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Without_a_folder_nobody_is_registered_and_nothing_is_wrong()
    {
        var files = Registry().Read();

        (files.IsEmpty, files.Clients.Count, files.Problems.Count).ShouldBe((true, 0, 0));
        _health.Read().Health.ShouldBe(AgentHealth.Ok);
    }

    [Fact]
    public void A_bad_file_harms_only_itself_and_is_told_with_its_place()
    {
        Registration.Add(_directory, Registration.Text("good"), "a.yaml");
        var bad = Registration.Add(_directory, Registration.Text("bad") + "mayask: true\n", "b.yaml");

        var files = Registry().Read();

        files.Clients.Keys.ShouldBe(["good"]);
        var problem = files.Problems.ShouldHaveSingleItem();
        (problem.File, problem.Line, problem.Column, problem.Code).ShouldBe((bad, 8, 1, "GH1010"));
        _health.Read().Health.ShouldBe(AgentHealth.Degraded);
        _health.Read().Problems.ShouldHaveSingleItem().ShouldContain($"{bad}:8:1: GH1010");
    }

    [Fact]
    public void A_repaired_file_counts_from_the_next_look_on()
    {
        Registration.Add(_directory, "client: nothing else");
        var registry = Registry();
        registry.Read().Clients.ShouldBeEmpty();

        Registration.Add(_directory, Registration.Text());

        registry.Read().Clients.Keys.ShouldBe(["acme"]);
        _health.Read().Health.ShouldBe(AgentHealth.Ok);
    }

    [Fact]
    public void A_file_that_goes_ends_the_registration()
    {
        var path = Registration.Add(_directory, Registration.Text());
        var registry = Registry();
        registry.Read().Clients.ShouldNotBeEmpty();

        File.Delete(path);

        registry.Read().IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_write_registers_nobody(UnixFileMode more)
    {
        Registration.Add(_directory, Registration.Text("good"), "good.yaml");
        var path = Registration.Add(_directory, Registration.Text());
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);

        var files = Registry().Read();

        files.Clients.Keys.ShouldBe(["good"]);
        files.Problems.ShouldHaveSingleItem().Code.ShouldBe(ClientFiles.Unsafe);
    }

    [Fact]
    public void A_folder_that_others_can_write_registers_nobody_at_all()
    {
        var folder = Path.GetDirectoryName(Registration.Add(_directory, Registration.Text()))!;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherWrite);

        var files = Registry().Read();

        (files.IsEmpty, files.Clients.Count).ShouldBe((false, 0));
        files.Problems.ShouldHaveSingleItem().Code.ShouldBe(ClientFiles.Unsafe);
    }

    [Fact]
    public void A_file_of_another_owner_registers_nobody()
    {
        Registration.Add(_directory, Registration.Text());

        // Nobody but this user is the owner of the files that tests make.
        var files = new ClientRegistry(_directory.File("clients.d"), new HashSet<uint> { 4_000_000 }, _health, NullLogger<ClientRegistry>.Instance).Read();

        files.Clients.ShouldBeEmpty();
        files.Problems.ShouldAllBe(static p => p.Code == ClientFiles.Unsafe);
    }

    [Fact]
    public void A_user_that_this_host_does_not_have_registers_nobody()
    {
        Registration.Add(_directory, Registration.Text(user: "no-such-user-here"));

        var problem = Registry().Read().Problems.ShouldHaveSingleItem();

        (problem.Code, problem.Line, problem.Column).ShouldBe((ClientFiles.UnknownUser, 4, 7));
    }

    [Fact]
    public void Of_two_files_for_one_name_the_first_counts()
    {
        Registration.Add(_directory, Registration.Text(altitude: "from: 1, to: 1"), "a.yaml");
        Registration.Add(_directory, Registration.Text(altitude: "from: 2, to: 2"), "b.yaml");

        var files = Registry().Read();

        files.Clients["acme"].Definition.LowestAltitude.ShouldBe(1);
        files.Problems.ShouldHaveSingleItem().Code.ShouldBe(ClientFiles.DuplicateClient);
    }

    [Fact]
    public void What_is_no_file_is_not_waited_for()
    {
        Directory.CreateDirectory(_directory.File("clients.d/folder.yaml"));
        Registration.Add(_directory, Registration.Text());
        File.CreateSymbolicLink(_directory.File("clients.d/zero.yaml"), "/dev/zero");

        var files = Registry().Read();

        files.Clients.Keys.ShouldBe(["acme"]);
        files.Problems.ShouldHaveSingleItem().Code.ShouldBe(ClientFiles.Unreadable);
    }

    [Fact]
    public void More_files_than_are_read_are_told()
    {
        for (var i = 0; i <= ClientFiles.Most; i++)
        {
            Registration.Add(_directory, Registration.Text($"c{i}"), $"c{i:d3}.yaml");
        }

        var files = Registry().Read();

        files.Clients.Count.ShouldBe(ClientFiles.Most);
        files.Problems.ShouldHaveSingleItem().Code.ShouldBe(ClientFiles.TooMany);
    }

    private ClientRegistry Registry() => new(
        _directory.File("clients.d"), new HashSet<uint> { 0, Registration.Uid }, _health, NullLogger<ClientRegistry>.Instance);
}
