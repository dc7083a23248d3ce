using Gatehouse.Sdk.Status;

namespace Gatehouse.Agent.Questions;

/// <summary>What the status says of clients.</summary>
internal sealed partial class ClientDesk
{
    public IReadOnlyList<QuestionClientStatus> Describe()
    {
        lock (_lock)
        {
            return [.. _records.Values.OrderBy(static r => r.Name, StringComparer.Ordinal).Select(Describe)];
        }
    }

    private QuestionClientStatus Describe(ClientRecord record)
    {
        var answered = record.Allowed + record.Denied;
        var client = record.Connection;
        return new QuestionClientStatus
        {
            Name = record.Name,
            Slot = slots.Find(record.Name),
            Connected = client is not null,
            OutOfPath = record.OutOfPath,
            Pid = client?.Options.Process.Id,
            DeadlineMilliseconds = (int?)client?.Options.Deadline.TotalMilliseconds,
            Asked = record.Asked,
            Allowed = record.Allowed,
            Denied = record.Denied,
            Missed = record.Missed,
            MissedInARow = record.MissedInARow,
            Pending = client?.Pending.Count ?? 0,
            MeanMilliseconds = answered == 0 ? null : Math.Round(record.AnswerTime.TotalMilliseconds / answered, 3),
            SlowestMilliseconds = answered == 0 ? null : Math.Round(record.Slowest.TotalMilliseconds, 3),
        };
    }
}
