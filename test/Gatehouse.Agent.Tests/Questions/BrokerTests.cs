using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Questions;

/// <summary>From an open to what the kernel is told.</summary>
public sealed class BrokerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Answer.Allow)]
    [InlineData(Answer.Deny)]
    public async Task An_answer_is_in_the_kernel_and_the_file_marked_before_the_opener_goes_on(Answer answer)
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var content = host.NewContent();
        var open = host.Open(content);

        var question = await AskingHost.NextAsync(client, Cancel);
        open.Allowed.IsCompleted.ShouldBeFalse();
        host.Answer(question, answer);
        await open.Allowed.WaitAsync(s_patience, Cancel);

        host.Table.Kept[content].ShouldBe(answer == Answer.Allow ? ((ushort)1, (ushort)0) : ((ushort)0, (ushort)1));
        host.Source.Ignored[open.File].ShouldBeTrue();
    }

    [Fact]
    public async Task Opens_of_one_content_at_the_same_time_are_one_question()
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var content = host.NewContent();
        var opens = Enumerable.Range(0, 20).Select(_ => host.Open(content)).ToList();

        var question = await AskingHost.NextAsync(client, Cancel);
        await BecomeAsync(() => host.Service.Describe().Opens == 20);
        host.Answer(question, Answer.Allow);
        await Task.WhenAll(opens.Select(static o => o.Allowed)).WaitAsync(s_patience, Cancel);

        host.Service.Describe().Clients.ShouldHaveSingleItem().Asked.ShouldBe(1UL);
    }

    [Fact]
    public async Task An_answered_content_is_not_asked_about_again_and_another_version_is()
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var content = host.NewContent();
        await AnswerAsync(host, client, content, Answer.Deny);

        await host.Open(content).Allowed.WaitAsync(s_patience, Cancel);
        client.Lines.TryPeek(out _).ShouldBeFalse();

        host.Open(content with { Version = content.Version with { Epoch = 2 } });
        (await AskingHost.NextAsync(client, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Where_content_is_not_provable_each_open_asks_and_nothing_is_marked()
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var content = host.NewContent(provable: false);

        await AnswerAsync(host, client, content, Answer.Allow);
        await AnswerAsync(host, client, content, Answer.Allow);

        host.Source.Ignored.ShouldBeEmpty();
        host.Service.Describe().Clients[0].Asked.ShouldBe(2UL);
    }

    [Fact]
    public async Task Clients_are_asked_in_order_and_a_denial_does_not_keep_the_others_from_being_asked()
    {
        await using var host = new AskingHost("high", "low");
        var (low, high) = (host.Connect("low"), host.Connect("high"));
        var content = host.NewContent();
        var open = host.Open(content);

        var first = await AskingHost.NextAsync(high, Cancel);
        var second = await AskingHost.NextAsync(low, Cancel);
        first.Id.ShouldBeLessThan(second.Id);
        host.Answer(first, Answer.Deny);
        open.Allowed.IsCompleted.ShouldBeFalse();
        host.Answer(second, Answer.Allow);
        await open.Allowed.WaitAsync(s_patience, Cancel);

        host.Table.Kept[content].ShouldBe(((ushort)(1 << host.Slot("low")), (ushort)(1 << host.Slot("high"))));
    }

    [Fact]
    public async Task A_missed_question_lets_the_opener_go_on_without_an_answer_and_without_a_mark()
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var content = host.NewContent();
        var open = host.Open(content);
        await AskingHost.NextAsync(client, Cancel);

        await PassAsync(host, open.Allowed, TimeSpan.FromMilliseconds(2200));

        host.Table.Kept.ShouldBeEmpty();
        host.Source.Ignored.ShouldBeEmpty();
        host.Service.Describe().Clients[0].Missed.ShouldBe(1UL);
    }

    [Fact]
    public async Task A_client_that_is_not_connected_is_not_waited_for_and_its_files_are_asked_about_when_it_connects()
    {
        await using var host = new AskingHost("acme");
        var content = host.NewContent();
        var open = host.Open(content);
        await open.Allowed.WaitAsync(s_patience, Cancel);
        host.Source.Ignored[open.File].ShouldBeTrue();

        var client = host.Connect("acme");
        host.Source.Ignored.ShouldBeEmpty();
        await AnswerAsync(host, client, content, Answer.Allow);
    }

    [Fact]
    public async Task A_client_that_dies_with_a_question_before_it_is_not_waited_for_longer()
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var open = host.Open(host.NewContent());
        await AskingHost.NextAsync(client, Cancel);

        host.Service.Desk.Disconnect(client);
        await open.Allowed.WaitAsync(s_patience, Cancel);

        host.Table.Kept.ShouldBeEmpty();
        host.Source.Ignored.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("plain text", "/etc/motd", OpenReason.Open, false)]
    [InlineData("\u001f\u008b", "/tmp/a.tar.gz", OpenReason.Open, false)]
    [InlineData("", "/tmp/empty", OpenReason.Open, false)]
    [InlineData("\u001f\u008b", "/lib/modules/a.ko.gz", OpenReason.Open, true)]
    [InlineData("\u00fd7zXZ\0", "/lib/modules/a.ko.xz", OpenReason.Open, true)]
    [InlineData("(\u00b5/\u00fd", "/lib/modules/a.ko.zst", OpenReason.Open, true)]
    [InlineData("#!/bin/sh", "/usr/bin/script", OpenReason.Open, true)]
    [InlineData("plain text", "/usr/bin/odd", OpenReason.Execute, true)]
    public async Task Only_what_could_be_an_image_is_asked_about(string start, string path, OpenReason reason, bool asked)
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var open = host.Open(host.NewContent(), start, reason, path);

        if (asked)
        {
            host.Answer(await AskingHost.NextAsync(client, Cancel), Answer.Allow);
        }

        await open.Allowed.WaitAsync(s_patience, Cancel);
        host.Service.Describe().Clients[0].Asked.ShouldBe(asked ? 1UL : 0UL);

        // What is no image to us may still be executed: only other opens are not reported any more.
        host.Source.Ignored[open.File].ShouldBe(asked);
    }

    [Fact]
    public async Task A_file_that_the_kernel_side_cannot_tell_is_not_asked_about()
    {
        await using var host = new AskingHost("acme");
        host.Connect("acme");

        await host.Open(content: null).Allowed.WaitAsync(s_patience, Cancel);

        host.Service.Describe().Unidentified.ShouldBe(1UL);
        host.Source.Ignored.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answers_that_the_kernel_does_not_take_leave_no_mark_so_that_it_is_tried_again()
    {
        await using var host = new AskingHost("acme");
        var client = host.Connect("acme");
        var content = host.NewContent();
        host.Table.KeepFailure = new KernelGateException(GateFailure.OperationFailed, "full");
        await AnswerAsync(host, client, content, Answer.Deny);
        host.Source.Ignored.ShouldBeEmpty();

        host.Table.KeepFailure = null;
        await AnswerAsync(host, client, content, Answer.Deny);
        host.Table.Kept[content].Denied.ShouldBe((ushort)1);
    }

    [Fact]
    public async Task Forgetting_takes_back_one_clients_answers_only_also_the_one_on_its_way()
    {
        await using var host = new AskingHost("acme", "other");
        var (acme, other) = (host.Connect("acme"), host.Connect("other"));
        var content = host.NewContent();
        var open = host.Open(content);
        var question = await AskingHost.NextAsync(acme, Cancel);
        host.Answer(await AskingHost.NextAsync(other, Cancel), Answer.Allow);

        host.Service.Forget("acme").ShouldBeTrue();
        host.Answer(question, Answer.Deny);
        await open.Allowed.WaitAsync(s_patience, Cancel);
        host.Table.Kept[content].ShouldBe(((ushort)(1 << host.Slot("other")), (ushort)0));
        host.Source.Ignored.ShouldBeEmpty();

        var again = host.Open(content);
        host.Answer(await AskingHost.NextAsync(acme, Cancel), Answer.Allow);
        await again.Allowed.WaitAsync(s_patience, Cancel);
        host.Service.Describe().Clients.Select(static c => c.Asked).ShouldBe([2UL, 1UL]);
    }

    [Fact]
    public async Task The_hash_is_computed_for_the_client_that_wants_it()
    {
        await using var host = new AskingHost("acme", "other");
        var (acme, other) = (host.Connect("acme", sha256: true), host.Connect("other"));
        host.Open(host.NewContent(), "#!/bin/sh\n");

        (await AskingHost.NextAsync(acme, Cancel)).File.Sha256.ShouldBe(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("#!/bin/sh\n"u8)));
        (await AskingHost.NextAsync(other, Cancel)).File.Sha256.ShouldBeNull();
    }

    private static async Task AnswerAsync(AskingHost host, Gatehouse.Agent.Questions.QuestionClient client, AskedContent content, Answer answer)
    {
        var open = host.Open(content);
        host.Answer(await AskingHost.NextAsync(client, Cancel), answer);
        await open.Allowed.WaitAsync(s_patience, Cancel);
    }

    // The timer may not be set yet when the time is moved, so it is moved until it has been.
    private static async Task PassAsync(AskingHost host, Task until, TimeSpan step)
    {
        while (!until.IsCompleted)
        {
            host.Time.Advance(step);
            await Task.WhenAny(until, Task.Delay(5, Cancel));
        }
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
