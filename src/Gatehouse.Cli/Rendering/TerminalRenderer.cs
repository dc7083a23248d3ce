using Spectre.Console;

namespace Gatehouse.Cli.Rendering;

/// <summary>For people: colours, and tables that fit the window.</summary>
internal sealed class TerminalRenderer(int width) : ReportRenderer
{
    // Some terminals say 0; narrower than this, columns of one letter would help nobody.
    private const int NarrowestTable = 80;

    public override void Render(Report report, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        foreach (var block in report.Blocks)
        {
            switch (block)
            {
                case Report.LineBlock line:
                    // The terminal breaks long lines itself, and joins them again when they are copied.
                    console.Profile.Width = int.MaxValue;
                    var paragraph = new Paragraph();
                    foreach (var piece in line.Pieces)
                    {
                        paragraph.Append(SafeText.Escape(piece.Text), Style(piece.Tone));
                    }

                    console.Write(paragraph);
                    console.WriteLine();
                    break;
                case Report.TableBlock table:
                    console.Profile.Width = Math.Max(width, NarrowestTable);
                    console.Write(Draw(table));
                    break;
            }
        }
    }

    private static Table Draw(Report.TableBlock block)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var header in block.Headers)
        {
            table.AddColumn(new TableColumn(new Text(header, Style(Tone.Strong))));
        }

        foreach (var row in block.Rows)
        {
            table.AddRow(row.Select(static c => new Text(SafeText.Escape(c.Text), Style(c.Tone))));
        }

        return table;
    }

    private static Style Style(Tone tone) => tone switch
    {
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Faint => new Style(decoration: Decoration.Dim),
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        _ => Spectre.Console.Style.Plain,
    };
}
