using Gatehouse.Kernel.Questions;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>The channel of questions on the real kernel, without an agent: fanotify's permission marks on a file system of our own.</summary>
public sealed class OpenSourceTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(500);

    private readonly string _folder = Directory.CreateTempSubdirectory("questions-").FullName;
    private readonly KernelOpenSource _source = KernelOpenSource.Open();

    public OpenSourceTests()
    {
        InGuest.Prepare($"mount -t tmpfs none {_folder} && cp /bin/busybox {Program} && echo text > {Data}");
        _source.TryWatch(_folder).ShouldBeNull();
    }

    private string Program => Path.Combine(_folder, "true");

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task An_execution_is_reported_as_such_and_then_as_an_open_and_waits_until_it_is_allowed()
    {
        var run = Task.Run(() => InGuest.Run(Program));

        Take(1).ShouldBe([(OpenReason.Execute, Program)]);
        Take(1).ShouldBe([(OpenReason.Open, Program)]);
        (await run.WaitAsync(s_patience)).Ran.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_ignored_is_not_reported_until_it_is_written_to()
    {
        var read = Task.Run(() => InGuest.Shell($"cat {Data}"));
        Take(1, ignore: true).ShouldBe([(OpenReason.Open, Data)]);
        await read.WaitAsync(s_patience);

        InGuest.Shell($"cat {Data}").Ran.ShouldBeTrue();
        Quiet();

        InGuest.Shell($"echo more >> {Data}").Ran.ShouldBeTrue();
        Take(1).ShouldBe([(OpenReason.ClosedAfterWrite, Data)]);
        read = Task.Run(() => InGuest.Shell($"cat {Data}"));
        Take(1).ShouldBe([(OpenReason.Open, Data)]);
        await read.WaitAsync(s_patience);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_no_longer_ignored_is_reported_again(bool all)
    {
        var read = Task.Run(() => InGuest.Shell($"cat {Data}"));
        var open = TakeHeld(1).ShouldHaveSingleItem();
        _source.Ignore(open.File, executions: true);
        if (all)
            _source.EndIgnoringAll();
        else
            _source.EndIgnoring(open.File);
        _source.Allow(open);
        open.Dispose();
        await read.WaitAsync(s_patience);

        read = Task.Run(() => InGuest.Shell($"cat {Data}"));
        Take(1).ShouldBe([(OpenReason.Open, Data)]);
        await read.WaitAsync(s_patience);
    }

    [Fact]
    public async Task The_file_and_who_opens_it_are_known()
    {
        var read = Task.Run(() => InGuest.Run("/bin/cat", Data));
        var open = TakeHeld(1).ShouldHaveSingleItem();

        var file = open.Describe();
        file.Path.ShouldBe(Data);
        file.Size.ShouldBe(5u);
        file.FileSystemMagic.ShouldBe(0x01021994u);
        var bytes = new byte[5];
        open.ReadAt(0, bytes).ShouldBe(5);
        bytes.ShouldBe("text\n"u8.ToArray());
        File.ReadAllText($"/proc/{open.ProcessId}/comm").ShouldBe("cat\n");
        open.ProcessHasEnded.ShouldBeFalse();

        InGuest.Prepare($"kill -9 {open.ProcessId}");
        await read.WaitAsync(s_patience);
        open.ProcessHasEnded.ShouldBeTrue();

        // Nobody waits any more; that is no failure.
        _source.Allow(open);
        open.Dispose();
    }

    [Fact]
    public async Task Closing_lets_who_waits_go_on()
    {
        var read = Task.Run(() => InGuest.Shell($"cat {Data}"));
        using var open = TakeHeld(1).ShouldHaveSingleItem();
        read.IsCompleted.ShouldBeFalse();

        _source.Dispose();

        (await read.WaitAsync(s_patience)).Ran.ShouldBeTrue();
    }

    [Fact]
    public void A_new_mount_is_noticed()
    {
        var opens = new List<HeldOpen>();
        // This test's own mount.
        _source.Take(TimeSpan.Zero, opens).ShouldBeTrue();
        _source.Take(TimeSpan.Zero, opens).ShouldBeFalse();
        InGuest.Prepare($"mkdir -p /run/questions-mount && mount -t tmpfs none /run/questions-mount");

        _source.Take(s_patience, opens).ShouldBeTrue();
        _source.Take(TimeSpan.Zero, opens).ShouldBeFalse();
        InGuest.Prepare("umount /run/questions-mount");
    }

    public void Dispose()
    {
        _source.Dispose();
        InGuest.Prepare($"umount -l {_folder}");
        Directory.Delete(_folder);
    }

    private List<(OpenReason Reason, string Path)> Take(int count, bool ignore = false)
    {
        var taken = new List<(OpenReason, string)>();
        foreach (var open in TakeHeld(count))
        {
            taken.Add((open.Reason, open.ReadPath()));
            if (ignore)
                _source.Ignore(open.File, executions: true);
            if (open.Reason != OpenReason.ClosedAfterWrite)
                _source.Allow(open);
            open.Dispose();
        }
        return taken;
    }

    private List<HeldOpen> TakeHeld(int count)
    {
        var opens = new List<HeldOpen>();
        for (var i = 0; i < 40 && opens.Count < count; i++)
            _source.Take(s_patience / 40, opens);
        return opens;
    }

    private void Quiet()
    {
        var opens = new List<HeldOpen>();
        _source.Take(s_quiet, opens);
        opens.ShouldBeEmpty();
    }
}
