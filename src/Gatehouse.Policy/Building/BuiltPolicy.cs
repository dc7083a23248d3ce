using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// A policy that was written in C#: the checked document, and the same as text, which is what an agent takes. Immutable.
/// </summary>
public sealed class BuiltPolicy
{
    private readonly string _yaml;

    internal BuiltPolicy(string yaml, PolicyDocument document, IReadOnlyList<Diagnostic> warnings)
    {
        _yaml = yaml;
        Document = document;
        Warnings = warnings;
    }

    /// <summary>
    /// The policy, for <see cref="PolicyCompiler.Compile"/>. It is what <see cref="PolicyParser"/> makes of
    /// <see cref="ToYaml"/>, so that places in it are places in that text.
    /// </summary>
    public PolicyDocument Document { get; }

    /// <summary>What is allowed and hardly meant, as for a policy in text.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; }

    /// <summary>The policy as the text of a policy file. The same rules give the same text.</summary>
    public string ToYaml() => _yaml;

    /// <summary>The text as a file for <see cref="PolicyParser.Parse"/>.</summary>
    public PolicySource ToSource() => new(Document.FileName, Encoding.UTF8.GetBytes(_yaml));
}
