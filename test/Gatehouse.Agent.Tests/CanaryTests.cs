using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Status;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class CanaryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_canary_that_is_not_refused_turns_the_status_red_until_it_is_refused_again()
    {
        var time = new ManualTimeProvider();
        using var log = new LogCapture();
        await using var agent = await TestAgent.StartAsync(Cancel, change: e => e with { Time = time }, loggers: log);
        (await agent.Client.GetStatusAsync(Cancel)).Health.ShouldBe(AgentHealth.Ok);
        agent.Gate.CanaryIsDenied = false;

        await AdvanceUntilAsync(agent, time, "agent.canary-failed");

        var red = await agent.Client.GetStatusAsync(Cancel);
        red.Health.ShouldBe(AgentHealth.Failing);
        red.Enforcement.Proven.ShouldBeFalse();
        red.Enforcement.ProvenAt.ShouldNotBeNull().ShouldBeLessThan(red.Enforcement.CheckedAt);
        red.Enforcement.Canary.Where(c => !c.Denied).Select(c => c.Hook).ShouldBe(["bprm_check_security"]);
        red.Problems.ShouldHaveSingleItem().ShouldContain("NOT PROTECTED");
        log.Lines.ShouldContain(l => l.StartsWith("Critical", StringComparison.Ordinal) && l.Contains("bprm_check_security", StringComparison.Ordinal));

        agent.Gate.CanaryIsDenied = true;
        await AdvanceUntilAsync(agent, time, "agent.canary-proven");

        var green = await agent.Client.GetStatusAsync(Cancel);
        green.Health.ShouldBe(AgentHealth.Ok);
        green.Enforcement.Proven.ShouldBeTrue();
    }

    [Fact]
    public async Task An_agent_whose_canary_is_not_refused_at_the_start_does_not_serve_and_leaves_the_pins()
    {
        using var directory = new TestDirectory();
        using var gate = new FakeKernelGate { CanaryIsDenied = false };
        using var log = new LogCapture();

        var status = await AgentProcess.RunAsync(TestAgent.Options(directory), TestAgent.Environment(gate), log, Cancel);

        status.ShouldBe(ExitStatus.CannotEnforce);
        File.Exists(TestAgent.Options(directory).SocketPath).ShouldBeFalse();
        gate.EnforcementEnded.ShouldBeFalse();
        log.Lines.ShouldContain(l => l.Contains("NOT PROTECTED", StringComparison.Ordinal));
    }

    // The pause is random, from 5 to 30 s; the loop may not have begun to wait when the time is moved, so it is moved again.
    private static async Task AdvanceUntilAsync(TestAgent agent, ManualTimeProvider time, string operation)
    {
        var seen = Task.Run(
            async () =>
            {
                await foreach (var record in agent.Client.ReadEventsAsync(new EventQuery { Follow = true, Since = 0 }, Cancel))
                {
                    if (record is AgentRecord agentRecord && agentRecord.Operation == operation)
                    {
                        return;
                    }
                }
            },
            Cancel);
        while (!seen.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(seen, Task.Delay(5, Cancel));
        }

        await seen;
    }

    private sealed class LogCapture : ILoggerFactory, ILogger
    {
        private readonly Lock _lock = new();
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lock)
                {
                    return [.. _lines];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock)
            {
                _lines.Add($"{logLevel} {formatter(state, exception)}");
            }
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public void Dispose()
        {
        }
    }
}
