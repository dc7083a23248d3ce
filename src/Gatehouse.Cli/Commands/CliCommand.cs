using System.CommandLine;
using Gatehouse.Cli.Composition;

namespace Gatehouse.Cli.Commands;

/// <summary>A command with examples, which its help shows.</summary>
internal abstract class CliCommand(string name, string description, CliContext context) : Command(name, description)
{
    /// <summary>At least one; a test looks.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    protected CliContext Context => context;
}

/// <summary>An example in a command's help.</summary>
/// <param name="Line">What to type.</param>
/// <param name="Purpose">What it is for.</param>
internal sealed record Example(string Line, string Purpose);
