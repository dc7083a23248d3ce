using System.Globalization;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Commands;

/// <summary>What the programs in the kernel cost, the most expensive first.</summary>
internal static class CostTable
{
    public static Report Of(CostReport report)
    {
        var ran = report.Programs.Where(static p => p.Runs > 0).OrderByDescending(static p => p.Nanoseconds).ToList();
        var table = new Report().Table(
            ["PROGRAM", "RUNS/S", "NS A RUN", "% OF THE HOST"],
            ran.Select(p => Row(p.Program, p.Runs, p.Nanoseconds, report)));
        table.Line(
            $"all: {Number(ran.Sum(static p => (double)p.Runs) / report.Seconds, 1)} runs/s, ",
            ($"{Number(ran.Sum(p => Share(p.Nanoseconds, report)), 4)} % of the host", Tone.Strong),
            $"; counted for {Number(report.Seconds, 1)} s on {report.Processors} processors; {report.Programs.Count - ran.Count} of {report.Programs.Count} programs did not run");
        foreach (var program in report.Programs.Where(static p => p.Missed > 0))
        {
            table.Line(($"{program.Program} was left out {program.Missed} times: the kernel would have interrupted it by itself", Tone.Bad));
        }

        return table;
    }

    private static IReadOnlyList<Piece> Row(string program, ulong runs, ulong nanoseconds, CostReport report) =>
    [
        program,
        Number(runs / report.Seconds, 1),
        Number((double)nanoseconds / runs, 0),
        Number(Share(nanoseconds, report), 4),
    ];

    private static double Share(ulong nanoseconds, CostReport report) => nanoseconds / (report.Seconds * 1e9 * report.Processors) * 100;

    private static string Number(double number, int digits) =>
        number.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
