namespace Gatehouse.Cli.Rendering;

/// <summary>Writes a report.</summary>
internal abstract class ReportRenderer
{
    public static ReportRenderer For(bool terminal, int width) => terminal ? new TerminalRenderer(width) : new PlainRenderer();

    public abstract void Render(Report report, TextWriter output);
}
