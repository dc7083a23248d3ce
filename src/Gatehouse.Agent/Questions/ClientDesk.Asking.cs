using System.Security.Cryptography;
using Gatehouse.Sdk.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>Questions and their answers.</summary>
internal sealed partial class ClientDesk
{
    /// <summary>Asks a client and waits until it has answered, its time is over, or it is gone.</summary>
    /// <returns>Null if there was no answer: the rules get <c>onMiss</c>.</returns>
    public async Task<Answer?> AskAsync(QuestionClient client, AskedFile file)
    {
        // Hashing is the agent's work and not the client's: its time begins when it can begin.
        var hash = client.Options.WantsSha256 ? await file.HashAsync(client.Options.Deadline) : null;
        if (Ask(client, file, hash) is not { } question)
        {
            return null;
        }

        var patience = client.Options.Deadline + client.Headroom;
        await using var timer = time.CreateTimer(_ => Miss(question), null, patience, Timeout.InfiniteTimeSpan);
        return await question.Answer;
    }

    /// <summary>Takes an answer.</summary>
    /// <returns>What became of it, and how long it took.</returns>
    public (AnswerOutcome Outcome, TimeSpan After) Take(ulong id, string token, Answer answer, string? reason = null)
    {
        PendingQuestion? question;
        var after = TimeSpan.Zero;
        lock (_lock)
        {
            if (!_pending.TryGetValue(id, out question))
            {
                return (_ended.GetValueOrDefault(id, AnswerOutcome.Unknown), TimeSpan.Zero);
            }

            if (!SameToken(question.Token, token))
            {
                return (AnswerOutcome.WrongToken, TimeSpan.Zero);
            }

            var client = question.Client;
            after = time.GetElapsedTime(question.AskedAt);
            if (after <= client.Options.Deadline + client.Headroom)
            {
                Count(client.Record, answer, after);
                client.Pending.Remove(id);
                Remember(question, AnswerOutcome.AlreadyAnswered);
                question.End(answer);
            }
        }

        if (after > question.Client.Options.Deadline + question.Client.Headroom)
        {
            // The timer is late, as on a busy host; the answer is all the same.
            Miss(question);
            return (AnswerOutcome.Late, TimeSpan.Zero);
        }

        if (!string.IsNullOrEmpty(reason))
        {
            Reasoned?.Invoke(question.Client.Record.Name, answer, question.Path, reason);
        }

        return (AnswerOutcome.InTime, after);
    }

    private static void Count(ClientRecord record, Answer answer, TimeSpan after)
    {
        record.MissedInARow = 0;
        record.AnswerTime += after;
        record.Slowest = after > record.Slowest ? after : record.Slowest;
        if (answer == Answer.Allow)
        {
            record.Allowed++;
        }
        else
        {
            record.Denied++;
        }
    }

    private PendingQuestion? Ask(QuestionClient client, AskedFile file, string? hash)
    {
        lock (_lock)
        {
            var record = client.Record;
            if (record.Connection != client)
            {
                return null;
            }

            record.Asked++;
            if (client.Pending.Count >= limits.PendingPerClient)
            {
                // Those that are before it count in a row when their time is over; this one would never be read in time.
                record.Missed++;
                return null;
            }

            var question = new PendingQuestion(client, ++_lastId, RandomNumberGenerator.GetHexString(32, lowercase: true), file.File.Path, time.GetTimestamp());
            _pending.Add(question.Id, question);
            client.Pending.Add(question.Id, question);
            client.Send(new Question
            {
                Id = question.Id,
                Token = question.Token,
                AskedAt = time.GetUtcNow(),
                AnswerWithinMilliseconds = (int)client.Options.Deadline.TotalMilliseconds,
                Execution = file.Execution,
                File = hash is null ? file.File : file.File with { Sha256 = hash },
                Process = file.Process,
            });
            return question;
        }
    }

    private void Miss(PendingQuestion question)
    {
        var client = question.Client;
        var isOut = false;
        lock (_lock)
        {
            if (!_pending.ContainsKey(question.Id))
            {
                return;
            }

            var record = client.Record;
            record.Missed++;
            record.MissedInARow++;
            client.Pending.Remove(question.Id);
            Remember(question, AnswerOutcome.Late);
            client.Send(new MissedLine { Question = question.Id, InARow = record.MissedInARow });
            if (record.MissedInARow >= limits.MissesAllowed)
            {
                isOut = record.OutOfPath = true;
                Leave(client, new EndLine
                {
                    Reason = EndLine.PutOut,
                    Detail = $"{Misses(record.MissedInARow)} were not answered in time; your rules decide by onMiss until you connect anew",
                });
            }
        }

        question.End(answer: null);
        if (isOut)
        {
            PutOut?.Invoke(client.Record.Name);
        }
    }
}
