using System.Threading.Channels;
using Gatehouse.Sdk.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>A client's connection: the lines that it has not read yet, and what it is to answer. Changed under the desk's lock.</summary>
internal sealed class QuestionClient(ClientRecord record, ClientOptions options, TimeSpan headroom)
{
    // Bounded by the number of questions that may be pending, which the desk counts.
    private readonly Channel<QuestionStreamLine> _lines = Channel.CreateUnbounded<QuestionStreamLine>(
        new UnboundedChannelOptions { SingleReader = true });

    public ClientRecord Record => record;

    public ClientOptions Options => options;

    public TimeSpan Headroom => headroom;

    public Dictionary<ulong, PendingQuestion> Pending { get; } = [];

    /// <summary>What the client is to be sent; ends after the last line.</summary>
    public ChannelReader<QuestionStreamLine> Lines => _lines.Reader;

    public void Send(QuestionStreamLine line) => _lines.Writer.TryWrite(line);

    /// <summary>No more lines come after <paramref name="last"/>.</summary>
    public void Close(EndLine? last)
    {
        if (last is not null)
        {
            Send(last);
        }

        _lines.Writer.TryComplete();
    }
}
