// Refuses files whose SHA-256 is in a list, one hex digest a line. The policy beside this file asks it.
//
//   sudo gatehouse policy apply examples/ask-by-hash/policy.yaml
//   sudo dotnet run --project examples/ask-by-hash -- refused.txt
using Gatehouse.Sdk;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Questions;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: ask-by-hash FILE_OF_SHA256_DIGESTS");
    return 2;
}

// Before the first question: what this process opens itself is not asked about, and rules would decide it by onMiss.
var refused = (await File.ReadAllLinesAsync(args[0]))
    .Select(static line => line.Trim())
    .Where(static line => line.Length > 0)
    .ToHashSet(StringComparer.OrdinalIgnoreCase);

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, signal) =>
{
    signal.Cancel = true;
    stop.Cancel();
};
using var client = new ControlClient();
var statistics = new QuestionStatistics();
var options = new QuestionOptions
{
    Client = "ask-by-hash",
    Deadline = TimeSpan.FromSeconds(1),
    WantsSha256 = true,
    Statistics = statistics,
    Connected = welcome => Console.WriteLine(welcome.Named
        ? $"answering in slot {welcome.Slot}, {refused.Count} digests refused"
        : "waiting for a policy that asks this client"),
    Missed = (question, failure) => Console.Error.WriteLine($"no answer for {question.File.Path}: {failure?.Message ?? "too late"}"),
};

try
{
    var end = await client.AnswerAsync(options, Decide, stop.Token);
    Console.Error.WriteLine(end?.Detail ?? "the agent is gone");
    return 1;
}
catch (OperationCanceledException)
{
    Console.WriteLine($"{statistics.Asked} asked, {statistics.Denied} denied, {statistics.Missed} missed, {statistics.MeanLatency.TotalMilliseconds:0.0} ms on average");
    return 0;
}
catch (Exception e) when (e is AgentUnreachableException or ControlProblemException or ControlProtocolException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

ValueTask<Answer> Decide(Question question, CancellationToken deadline)
{
    // Without a hash (the file is too large to be read in time) there is nothing to decide by: no answer, so onMiss.
    var hash = question.File.Sha256 ?? throw new InvalidOperationException("the file could not be hashed in time");
    var answer = refused.Contains(hash) ? Answer.Deny : Answer.Allow;
    if (answer == Answer.Deny)
    {
        Console.WriteLine($"refused {question.File.Path} for process {question.Process?.Pid}");
    }

    return ValueTask.FromResult(answer);
}
