using Gatehouse.Agent.Health;
using Gatehouse.Agent.Questions;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Agent.Tests.Questions;

/// <summary>The asking part of the agent on a fake kernel, with clients that the test plays. Real threads, time as the test wants it.</summary>
internal sealed class AskingHost : IAsyncDisposable
{
    public const string Root = "22 1 8:1 / / rw - ext4 /dev/sda1 rw";

    private int _nextInode = 100;

    public AskingHost(params string[] names)
    {
        Names = names;
        Service = new QuestionService(
            new QuestionHost
            {
                AskedClients = () => Names,
                Answers = () => Table,
                OpenSource = () =>
                {
                    var source = new FakeOpenSource();
                    Sources.Add(source);
                    return source;
                },
                DeadMansSwitch = () => Switch,
                MountLines = () => Mounts,
            },
            new QuestionLimits(),
            Health,
            Time,
            NullLogger<QuestionService>.Instance);
        Service.Refresh();
    }

    public IReadOnlyList<string> Names { get; set; }

    public IReadOnlyList<string> Mounts { get; set; } = [Root];

    public ManualTimeProvider Time { get; } = new();

    public HealthBoard Health { get; } = new();

    public FakeAnswerTable Table { get; } = new();

    public List<FakeOpenSource> Sources { get; } = [];

    public FakeOpenSource Source => Sources[0];

    public FakeDeadMansSwitch Switch { get; } = new();

    public QuestionService Service { get; }

    public AskedContent NewContent(bool provable = true) => new(new InodeIdentity(8, (ulong)Interlocked.Increment(ref _nextInode), 1), new ContentVersion(Size: 1, ChangedSeconds: 1, ChangedNanoseconds: 1, Epoch: 1, MountEpoch: 1), provable);

    public QuestionClient Connect(string name, int deadline = 2000, bool sha256 = false) => Service.Desk.Connect(
        new ClientOptions(name, TimeSpan.FromMilliseconds(deadline), sha256, ClientProcess.Find(0)))
        ?? throw new InvalidOperationException($"{name} was refused");

    public FakeOpen Open(
        AskedContent? content, string start = "\u007fELF", OpenReason reason = OpenReason.Open, string path = "/usr/bin/x", int process = 4711)
    {
        var open = new FakeOpen([.. start.Select(static c => (byte)c)], reason, process, path);
        if (content is { } known)
        {
            Table.Note(open.File, known);
        }

        Source.Emit(open);
        return open;
    }

    /// <summary>The client's next question, over its other lines.</summary>
    public static async Task<Question> NextAsync(QuestionClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await client.Lines.ReadAsync(cancellationToken) is Question question)
            {
                return question;
            }
        }
    }

    public AnswerOutcome Answer(Question question, Answer answer) => Service.Desk.Take(question.Id, question.Token, answer).Outcome;

    public int Slot(string name) => Service.Slots.Find(name)!.Value;

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
