using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Numerics;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Kernel;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Composition;

/// <summary>The command line of <c>gatehoused</c>.</summary>
internal static class AgentCommandLine
{
    private const int SmallestRing = 64 * 1024;
    private const int LargestRing = 1024 * 1024 * 1024;

    private const int ShortestWatchdog = 2;
    private const int LongestWatchdog = 60;

    private const string Examples = """

        Examples:
          gatehoused --policy /etc/gatehouse/policies
              Enforce the policies of a directory.
          gatehoused
              Go on with the policies that were in force last.
          gatehoused --seal --policy /etc/gatehouse/policies
              The same, and nobody can end or change it before the next boot.
          gatehoused --policy no-netcat.yaml --report matched --log-level warning
              Enforce one policy, and report only decisions in which a rule took part.

        Exit status:
          0 ended by a signal (rules go on), 1 failed, 2 bad command line or policy (nothing was attached),
          3 another agent is running, 4 this host cannot enforce, or a canary denial did not happen.

        """;

    /// <summary>Parses and runs.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="run">What to do with the options.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    public static async Task<int> InvokeAsync(
        string[] arguments, Func<AgentOptions, CancellationToken, Task<int>> run, TextWriter output, TextWriter error)
    {
        var parsed = Build(run, output).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var mistake in parsed.Errors)
            {
                await error.WriteLineAsync("gatehoused: " + mistake.Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal));
            }

            await error.WriteLineAsync("gatehoused: see gatehoused --help");
            return ExitStatus.BadInput;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,

            // The host listens for the signals itself.
            ProcessTerminationTimeout = null,
        });
    }

    private static RootCommand Build(Func<AgentOptions, CancellationToken, Task<int>> run, TextWriter output)
    {
        var defaults = new AgentOptions();
        var policy = new Option<string[]>("--policy")
        {
            Description = "Policy file, or directory of *.yaml and *.yml files; may be repeated. "
                + "The policies replace those that were in force. Without it the agent goes on with the saved ones.",
            HelpName = "FILE|DIR",
            AllowMultipleArgumentsPerToken = false,
        };
        var state = Text("--state-dir", "DIR", "Where the policies in force are saved.", defaults.StateDirectory);
        var trust = new Option<string?>("--trust-database") { Description = "The trust database; trust.db in the state directory by default.", HelpName = "FILE" };
        var owner = Text("--owner-key", "FILE", "The owner's public key; if it is there, the trust database must be signed by it.", defaults.OwnerKeyPath);
        var clients = Text("--clients-dir", "DIR", "Where clients are registered, a *.yaml file each; without one only root is a client.", defaults.ClientsDirectory);
        var socket = Text("--socket", "PATH", "The control socket.", defaults.SocketPath);
        var report = Word("--report", "Which decisions are reported as events; matched: those in which a rule took part.", "all", "matched");
        var ring = new Option<int>("--ring-bytes")
        {
            Description = "Size of the ring between kernel and agent in bytes: a power of two from 65536 to 1073741824.",
            HelpName = "BYTES",
            DefaultValueFactory = _ => defaults.RingBytes,
        };
        ring.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= SmallestRing and <= LargestRing and var bytes) || !BitOperations.IsPow2(bytes))
            {
                result.AddError("--ring-bytes is a power of two from 65536 to 1073741824");
            }
        });
        var watchdog = new Option<int>("--question-watchdog")
        {
            Description = "While clients are asked: after so many seconds without a sign of life the kernel ends the agent, "
                + "so that no opener waits for it. 2 to 60.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => (int)defaults.QuestionWatchdog.TotalSeconds,
        };
        watchdog.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= ShortestWatchdog and <= LongestWatchdog))
            {
                result.AddError("--question-watchdog is a whole number of seconds from 2 to 60");
            }
        });
        var seal = new Option<bool>("--seal")
        {
            Description = "Keep the agent, its files, pins and process from everybody, root included, until the next boot. "
                + "The owner's ticket is the way out.",
        };
        var failure = Word(
            "--on-canary-failure",
            "What is done when enforcement cannot be proven in three rounds: report it; isolate the host from all networks; panic, which crashes the kernel.",
            "report", "isolate", "panic");
        var level = Word(
            "--log-level", "The least level that is logged to standard error.", "information", "trace", "debug", "warning", "error", "critical");
        var root = new RootCommand("Gatehouse's agent: enforces policies through the running kernel and reports each decision.")
        {
            policy, state, trust, owner, clients, socket, report, ring, watchdog, seal, failure, level,
        };
        root.SetAction((result, cancellationToken) => run(
            new AgentOptions
            {
                PolicyPaths = result.GetValue(policy) ?? [],
                StateDirectory = result.GetValue(state)!,
                TrustDatabasePath = result.GetValue(trust),
                OwnerKeyPath = result.GetValue(owner)!,
                ClientsDirectory = result.GetValue(clients)!,
                SocketPath = result.GetValue(socket)!,
                Reporting = Enum.Parse<ReportMode>(result.GetValue(report)!, ignoreCase: true),
                RingBytes = result.GetValue(ring),
                QuestionWatchdog = TimeSpan.FromSeconds(result.GetValue(watchdog)),
                Seal = result.GetValue(seal),
                OnCanaryFailure = Enum.Parse<FailureResponse>(result.GetValue(failure)!, ignoreCase: true),
                LogLevel = Enum.Parse<LogLevel>(result.GetValue(level)!, ignoreCase: true),
            },
            cancellationToken));
        AddExamples(root, output);
        return root;
    }

    private static Option<string> Text(string name, string helpName, string description, string defaultValue) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => defaultValue };

    // Words and not an enum: that would also take numbers that mean nothing. The first word is the default.
    private static Option<string> Word(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        return option.AcceptOnlyFromAmong(words);
    }

    private static void AddExamples(RootCommand root, TextWriter output)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, output);
    }

    private sealed class HelpWithExamples(HelpAction inner, TextWriter output) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var status = inner.Invoke(parseResult);
            output.Write(Examples);
            return status;
        }
    }
}
