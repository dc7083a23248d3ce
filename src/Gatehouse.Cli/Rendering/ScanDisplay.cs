using System.Globalization;
using Gatehouse.Cli.Composition;
using Gatehouse.Trust;
using Spectre.Console;

namespace Gatehouse.Cli.Rendering;

/// <summary>Shows how far a scan is, on standard error: a bar at a terminal, a line for each tenth else.</summary>
internal sealed class ScanDisplay(CliEnvironment environment)
{
    public T Run<T>(string what, Func<IProgress<ScanProgress>, T> work)
    {
        if (!environment.ErrorIsTerminal)
        {
            return work(new Lines(what, environment.Error));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(environment.Error),
        });
        console.Profile.Width = Math.Clamp(environment.Width, 40, 120);
        return console.Progress()
            .AutoClear(enabled: true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bar(context.AddTask(what).IsIndeterminate())));
    }

    private sealed class Bar(ProgressTask task) : IProgress<ScanProgress>
    {
        private readonly Lock _lock = new();

        public void Report(ScanProgress value)
        {
            // Several threads tell, and not in order.
            lock (_lock)
            {
                task.IsIndeterminate = false;
                task.MaxValue = value.Total;
                task.Value = value.Done >= task.Value || value.Done == 1 ? value.Done : task.Value;
            }
        }
    }

    private sealed class Lines(string what, TextWriter output) : IProgress<ScanProgress>
    {
        private const int Parts = 10;
        private readonly Lock _lock = new();

        public void Report(ScanProgress value)
        {
            // Each number of files comes once, so that each tenth is passed by exactly one report.
            if ((long)value.Done * Parts / value.Total == (long)(value.Done - 1) * Parts / value.Total)
            {
                return;
            }

            lock (_lock)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {value.Done} of {value.Total} files"));
            }
        }
    }
}
