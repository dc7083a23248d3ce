using Gatehouse.Agent.Questions;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Questions;

/// <summary>When opens are watched, by how many readers, and who says that the agent works.</summary>
public sealed class ServiceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_watched_while_no_policy_asks_and_everything_ends_with_the_last_that_does()
    {
        await using var host = new AskingHost();
        host.Sources.ShouldBeEmpty();

        host.Names = ["acme"];
        host.Service.Refresh();
        host.Source.Watched.ShouldBe(["/"]);
        host.Table.AskingProcess.ShouldBe(Environment.ProcessId);
        host.Switch.IsArmed.ShouldBeTrue();

        host.Names = [];
        host.Service.Refresh();
        host.Source.IsDisposed.ShouldBeTrue();
        host.Switch.IsArmed.ShouldBeFalse();
        host.Table.AskingProcess.ShouldBeNull();
    }

    [Fact]
    public async Task A_stopping_agent_disarms_the_switch_and_lets_everybody_go_on()
    {
        var host = new AskingHost("acme");
        host.Connect("acme");
        await host.DisposeAsync();

        host.Source.IsDisposed.ShouldBeTrue();
        host.Switch.IsArmed.ShouldBeFalse();
    }

    [Fact]
    public async Task The_switch_is_armed_again_and_again_until_somebody_waits_longer_than_can_be()
    {
        await using var host = new AskingHost("acme");
        var before = host.Switch.Armed;
        await BecomeAsync(() => host.Switch.Armed > before + 2);
        host.Switch.Limit.ShouldBe(TimeSpan.FromSeconds(2));

        // A client with its question before it, whose timer does not fire: a broker that is wedged looks the same.
        var client = host.Connect("acme");
        var open = host.Open(host.NewContent());
        await AskingHost.NextAsync(client, Cancel);
        host.Time.AdvanceWithLateTimers(TimeSpan.FromSeconds(10));
        await Task.Delay(100, Cancel);
        before = host.Switch.Armed;
        await Task.Delay(200, Cancel);

        host.Switch.Armed.ShouldBe(before);
        host.Switch.IsArmed.ShouldBeTrue();
        open.Allowed.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_agent_opens_itself_goes_on_at_once()
    {
        await using var host = new AskingHost("acme");
        host.Connect("acme");

        await host.Open(host.NewContent(), process: Environment.ProcessId).Allowed.WaitAsync(s_patience, Cancel);

        host.Service.Describe().Opens.ShouldBe(0UL);
    }

    [Fact]
    public async Task What_a_client_opens_itself_goes_on_at_once_while_it_lives()
    {
        using var cat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/cat") { RedirectStandardInput = true, UseShellExecute = false })!;
        await using var host = new AskingHost("acme");
        host.Service.Desk.Connect(new ClientOptions("acme", TimeSpan.FromSeconds(2), false, ClientProcess.Find(cat.Id)));

        await host.Open(host.NewContent(), process: cat.Id).Allowed.WaitAsync(s_patience, Cancel);
        host.Service.Describe().Opens.ShouldBe(0UL);

        cat.Kill();
        await cat.WaitForExitAsync(Cancel);
        host.Open(host.NewContent(), process: cat.Id);
        await BecomeAsync(() => host.Service.Describe().Opens == 1);
    }

    [Fact]
    public async Task A_close_after_writing_ends_the_mark()
    {
        await using var host = new AskingHost("acme");

        var close = host.Open(content: null, reason: OpenReason.ClosedAfterWrite);

        await BecomeAsync(() => host.Source.EndedIgnoring.Contains(close.File));
        close.Allowed.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_broken_channel_ends_the_asking_and_says_so()
    {
        await using var host = new AskingHost("acme");

        host.Source.Failure = new KernelGateException(GateFailure.OperationFailed, "read(fanotify): EBADF");

        await BecomeAsync(() => !host.Service.Describe().Active);
        host.Switch.IsArmed.ShouldBeFalse();
        host.Health.Read().Problems.ShouldHaveSingleItem().ShouldContain("onMiss");
    }

    [Fact]
    public async Task File_systems_that_are_mounted_later_are_watched_and_each_level_of_overlays_has_a_reader()
    {
        await using var host = new AskingHost("acme");
        host.Mounts =
        [
            AskingHost.Root,
            "23 22 0:40 / /var/lib/c/merged rw - overlay overlay rw,lowerdir=/var/lib/c/l:/var/lib/c/m,upperdir=/var/lib/c/u,workdir=/w",
            "24 22 0:41 / /inner rw - overlay overlay rw,lowerdir=/var/lib/c/merged/l,upperdir=/var/lib/c/u,workdir=/w",
        ];
        host.Source.ChangeMounts();

        await BecomeAsync(() => host.Sources.Count == 3);
        await BecomeAsync(() => !host.Sources[2].Watched.IsEmpty);
        host.Sources[1].Watched.ShouldBe(["/var/lib/c/merged"]);
        host.Source.Watched.ShouldAllBe(static p => p == "/");
    }

    [Fact]
    public void Only_file_systems_are_watched_whose_opens_nobody_else_can_hold_up()
    {
        string[] lines =
        [
            AskingHost.Root,
            "23 22 8:1 /srv /mnt/a\\040b rw shared:1 - ext4 /dev/sda1 rw",
            "24 22 0:5 / /proc rw - proc proc rw",
            "25 22 0:6 / /home/x/sshfs rw - fuse.sshfs x rw",
            "26 22 0:7 / /mnt/nfs rw - nfs4 server:/ rw",
            "27 22 0:8 / /mnt/c\\040d rw shared:1 master:2 - tmpfs none rw",
            "nonsense",
        ];

        MountTable.WatchedMounts(lines).ShouldBe([new WatchedMount("/", 0), new WatchedMount("/mnt/c d", 0)]);
    }

    private static async Task BecomeAsync(Func<bool> condition)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limited.CancelAfter(s_patience);
        while (!condition())
        {
            await Task.Delay(5, limited.Token);
        }
    }
}
