namespace Gatehouse.Agent.Questions;

/// <summary>Counts of opens since the agent started. Thread-safe.</summary>
internal sealed class QuestionCounts
{
    private long _opens;
    private long _notImages;
    private long _unidentified;

    public ulong Opens => (ulong)Interlocked.Read(ref _opens);

    public ulong NotImages => (ulong)Interlocked.Read(ref _notImages);

    public ulong Unidentified => (ulong)Interlocked.Read(ref _unidentified);

    public void CountOpen() => Interlocked.Increment(ref _opens);

    public void CountNotImage() => Interlocked.Increment(ref _notImages);

    public void CountUnidentified() => Interlocked.Increment(ref _unidentified);
}
