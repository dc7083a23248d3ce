using Gatehouse.Cli.Selftests;
using Gatehouse.Kernel;

namespace Gatehouse.Cli.Composition;

/// <summary>What a command takes from where it runs; tests give something else.</summary>
internal sealed record CliEnvironment
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>What is typed or piped in.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Whether a person types <see cref="Input"/>.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Whether a person reads <see cref="Output"/>: colours and drawn tables, with the same facts.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person reads <see cref="Error"/>.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 120;

    /// <summary>The clock; tickets say from when on they are valid.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Finds out what this host can do.</summary>
    public required Func<IReadOnlyList<ProbeResult>> RunProbes { get; init; }

    /// <summary>Finds out what this kernel cannot refuse.</summary>
    public Func<IReadOnlyList<PartlyEnforced>> FindPartlyEnforced { get; init; } = PartEnforcement.OfThisHost;

    /// <summary>Makes the attempts of a self-test. Tests give something else: they attack nobody.</summary>
    public Func<SelftestPlan, CancellationToken, Task<IReadOnlyList<WayResult>>> TrySelftest { get; init; } =
        static (plan, cancellationToken) => Task.Run(() => SelftestRun.Try(plan, cancellationToken), CancellationToken.None);
}
