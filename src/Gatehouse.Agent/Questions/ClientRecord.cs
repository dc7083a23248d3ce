namespace Gatehouse.Agent.Questions;

/// <summary>What is remembered of a client's name, connected or not. Changed under the desk's lock.</summary>
internal sealed class ClientRecord(string name)
{
    public string Name => name;

    public QuestionClient? Connection { get; set; }

    public bool OutOfPath { get; set; }

    /// <summary>Grows when the client forgets its answers: one that was on its way then does not count any more.</summary>
    public int Forgets { get; set; }

    public ulong Asked { get; set; }

    public ulong Allowed { get; set; }

    public ulong Denied { get; set; }

    public ulong Missed { get; set; }

    public int MissedInARow { get; set; }

    public TimeSpan AnswerTime { get; set; }

    public TimeSpan Slowest { get; set; }
}
