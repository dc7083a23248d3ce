using Gatehouse.Agent.Composition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

return await AgentCommandLine.InvokeAsync(args, RunAsync, Console.Out, Console.Error);

static async Task<int> RunAsync(AgentOptions options, CancellationToken cancellationToken)
{
    using var loggers = LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(options.LogLevel);

        // The framework's own messages are about HTTP; its warnings may matter, its chatter does not.
        logging.AddFilter("Microsoft", options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        // Under systemd the journal has the time already and wants the level in its own form.
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null)
        {
            logging.AddSystemdConsole();
        }
        else
        {
            logging.AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
            });
        }
    });
    var environment = new AgentEnvironment { OpenGate = KernelGateFactory.Open };
    return await AgentProcess.RunAsync(options, environment, loggers, cancellationToken);
}
