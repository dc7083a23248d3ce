using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Cli.Selftests;
using Gatehouse.Kernel;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>The program that makes the attempts, asked for harmless calls.</summary>
public sealed class SelftestActorTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TestDirectory _directory = new();

    [Fact]
    public void Actor_makes_the_calls_that_it_is_told_and_answers_what_the_kernel_does()
    {
        using var actor = Start();

        actor.Answers().ShouldBeTrue();
        actor.Call(SystemCall.Getpid).ShouldBe(actor.Pid);
        actor.Call(SystemCall.Open, actor.Text("/nowhere"), Linux.ReadOnly).ShouldBe(-ErrorName.NoEntry);
        actor.Call(SystemCall.Open, actor.Text("/"), Linux.ReadOnly).ShouldBeGreaterThan(2);
    }

    [Fact]
    public void Bytes_get_into_its_memory_and_out_of_it()
    {
        using var actor = Start();
        var link = actor.Room(16);
        var length = actor.Call(SystemCall.Readlink, actor.Text("/proc/self/cwd"), link, 16);

        length.ShouldBe(1);
        actor.Peek(link, 1).ShouldBe("/"u8.ToArray());
        actor.Peek(actor.Numbers(1, -1), 16).ShouldBe([1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    }

    [Fact]
    public void Actor_that_is_gone_is_told()
    {
        using var actor = Start();
        var program = Write("image", SelftestPrograms.Image(new byte[SelftestPrograms.SaltBytes]));

        actor.Call(SystemCall.Execve, actor.Text(program), actor.Numbers(actor.Text("image"), 0), actor.Numbers(0)).ShouldBe(Actor.Gone);

        actor.WaitForEnd(s_patience).ShouldBe(SelftestPrograms.ImageStatus);
        actor.Answers().ShouldBeFalse();
        actor.Call(SystemCall.Getpid).ShouldBe(Actor.Gone);
    }

    [Fact]
    public void Actor_ends_with_its_input()
    {
        int pid;
        using (var actor = Start())
        {
            pid = actor.Pid;
        }

        Directory.Exists($"/proc/{pid}").ShouldBeFalse();
    }

    [Fact]
    public void What_is_no_program_is_not_testable()
    {
        var refused = Should.Throw<NotTestableException>(() => Actor.Start(Write("text", "no program"u8)));
        refused.Message.ShouldContain("ENOEXEC");
    }

    [Theory]
    [InlineData("/lib64/ld-linux-x86-64.so.2", null)]
    [InlineData("/bin/true", "LD_PRELOAD")]
    public void Image_is_a_program_for_the_loader_and_a_library(string program, string? variable)
    {
        var image = Write("image", SelftestPrograms.Image(new byte[SelftestPrograms.SaltBytes]));
        var start = new System.Diagnostics.ProcessStartInfo(program, variable is null ? [image] : []) { UseShellExecute = false };
        if (variable is not null)
        {
            start.Environment[variable] = image;
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        process.WaitForExit(s_patience).ShouldBeTrue();
        process.ExitCode.ShouldBe(SelftestPrograms.ImageStatus);
    }

    [Fact]
    public void Kept_folder_is_compared_with_how_it_was_made()
    {
        var folder = _directory.File("kept");
        KeptFolder.Make(folder);
        KeptFolder.Compare(folder).ShouldBeNull();

        File.AppendAllText(Path.Combine(folder, "file"), "x");
        KeptFolder.Compare(folder).ShouldNotBeNull().ShouldContain("content");
        KeptFolder.TryMake(folder);
        KeptFolder.Compare(folder).ShouldBeNull();
        File.SetUnixFileMode(Path.Combine(folder, "file"), UnixFileMode.UserRead);
        KeptFolder.Compare(folder).ShouldNotBeNull().ShouldContain("mode");
        File.Delete(Path.Combine(folder, "file"));
        KeptFolder.Compare(folder).ShouldNotBeNull().ShouldContain("other contents");
    }

    public void Dispose() => _directory.Dispose();

    private Actor Start() => Actor.Start(Write("actor", SelftestPrograms.Actor));

    private string Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = _directory.File(name);
        File.WriteAllBytes(path, bytes);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
