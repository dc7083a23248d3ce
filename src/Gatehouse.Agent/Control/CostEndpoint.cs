using System.Globalization;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Status;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>What the programs in the kernel cost this host, measured by the kernel itself for some seconds.</summary>
internal sealed class CostEndpoint(IKernelGate gate, TimeProvider time) : IDisposable
{
    private const int DefaultSeconds = 5;
    private const int MostSeconds = 30;

    // Counting costs the host something, and two that count at the same time would not learn more than one.
    private readonly SemaphoreSlim _one = new(1, 1);

    public void Dispose() => _one.Dispose();

    public async Task ReadAsync(HttpContext context)
    {
        if (SecondsOf(context.Request.Query) is not { } seconds)
        {
            await Answers.ProblemAsync(
                context, StatusCodes.Status400BadRequest, "bad-query", "Bad query", $"seconds is a whole number from 1 to {MostSeconds}, and there is nothing else");
            return;
        }

        await _one.WaitAsync(context.RequestAborted);
        try
        {
            await Answers.WriteAsync(context, await MeasureAsync(TimeSpan.FromSeconds(seconds), context.RequestAborted), GatehouseJson.Default.CostReport);
        }
        catch (KernelGateException e)
        {
            await Answers.ProblemAsync(
                context, StatusCodes.Status500InternalServerError, "kernel-refused", "The kernel side refused", e.Message + "; decisions are not concerned");
        }
        finally
        {
            _one.Release();
        }
    }

    private static int? SecondsOf(IQueryCollection query)
    {
        if (query.Count == 0)
        {
            return DefaultSeconds;
        }

        return query.Count == 1
            && query.TryGetValue("seconds", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 1 and <= MostSeconds
                ? seconds
                : null;
    }

    private async Task<CostReport> MeasureAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        using var counting = gate.CountRuns();
        var before = gate.ReadStatistics().ToDictionary(static p => p.Program, StringComparer.Ordinal);
        var start = time.GetTimestamp();
        await Task.Delay(duration, time, cancellationToken);
        var after = gate.ReadStatistics();
        var elapsed = time.GetElapsedTime(start);
        return new CostReport
        {
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            Processors = Environment.ProcessorCount,
            Programs = [.. after.Select(p => Between(before.GetValueOrDefault(p.Program), p))],
        };
    }

    private static ProgramCost Between(in ProgramStatistics before, in ProgramStatistics after) => new()
    {
        Program = after.Program,
        Runs = after.Runs - before.Runs,
        Nanoseconds = after.RunNanoseconds - before.RunNanoseconds,
        Missed = after.Missed - before.Missed,
    };
}
