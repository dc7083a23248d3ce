using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Policy;

namespace Gatehouse.Cli.Commands;

/// <summary>Policy files that were read, parsed and compiled together.</summary>
internal sealed record CompiledSources(PolicySources Sources, PolicyImage Image)
{
    /// <returns>Null if something is wrong; that was said on standard error, and the exit status is bad input.</returns>
    public static CompiledSources? Read(CliContext context, IReadOnlyList<string> paths)
    {
        if (ReadSources(context, paths) is not { } sources)
        {
            return null;
        }

        var compilation = PolicyCompiler.Compile(sources.Documents);
        if (compilation.Image is { } image)
        {
            return new CompiledSources(sources, image);
        }

        context.WriteError(DiagnosticReport.Of([.. PolicySources.Convert(compilation.Diagnostics)], sources.Texts));
        context.Fail(ExitStatus.BadInput, "the policies have errors");
        return null;
    }

    /// <returns>Null if something is wrong; that was said on standard error.</returns>
    public static PolicySources? ReadSources(CliContext context, IReadOnlyList<string> paths)
    {
        PolicySources sources;
        try
        {
            sources = PolicySources.Read(paths);
        }
        catch (IOException e)
        {
            context.Fail(ExitStatus.BadInput, e.Message);
            return null;
        }

        if (!sources.HasErrors)
        {
            return sources;
        }

        context.WriteError(DiagnosticReport.Of(sources.Diagnostics, sources.Texts));
        context.Fail(ExitStatus.BadInput, "the policies have errors");
        return null;
    }
}
