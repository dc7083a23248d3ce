using System.CommandLine;
using Gatehouse.Cli.Composition;

namespace Gatehouse.Cli.Commands;

/// <summary>A command with examples, which its help shows.</summary>
internal abstract class CliCommand(string name, string description, CliContext context) : Command(name, description)
{
    /// <summary>At least one; a test looks.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    /// <summary>What the exit statuses that it can have mean, for its help.</summary>
    public virtual string Statuses => "0 ok, 1 failed, 2 bad input or usage, 3 no agent answers";

    protected CliContext Context => context;
}

/// <summary>An example in a command's help.</summary>
/// <param name="Line">What to type.</param>
/// <param name="Purpose">What it is for.</param>
internal sealed record Example(string Line, string Purpose);
