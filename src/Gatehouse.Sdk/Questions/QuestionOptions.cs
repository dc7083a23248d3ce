namespace Gatehouse.Sdk.Questions;

/// <summary>How a client wants to be asked.</summary>
public sealed record QuestionOptions
{
    /// <summary>The client's name: <c>metadata.client</c> of the policies whose rules have the action <c>ask</c>.</summary>
    public required string Client { get; init; }

    /// <summary>Time to answer a question: 50 ms to 60 s; 2 s by default. The opener of the file waits that long.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether the agent computes the SHA-256 of each file. Its time is not the client's, but the opener waits for it too.</summary>
    public bool WantsSha256 { get; init; }

    /// <summary>How many questions are handled at the same time at most; those beyond wait, and their time goes on.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>
    /// Called when a question got no answer: with the handler's exception, or null if its time was over. Called by several threads;
    /// must not throw.
    /// </summary>
    public Action<Question, Exception?>? Missed { get; init; }

    /// <summary>Counts what happens.</summary>
    public QuestionStatistics? Statistics { get; init; }

    /// <summary>
    /// Called with the first line, when questions can come. Called by a thread of the pool, beside which questions are handled; must not
    /// throw.
    /// </summary>
    public Action<WelcomeLine>? Connected { get; init; }
}
