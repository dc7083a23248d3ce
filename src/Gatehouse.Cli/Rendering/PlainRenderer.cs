using System.Text;

namespace Gatehouse.Cli.Rendering;

/// <summary>For pipes and files: no colours, nothing cut, columns two blanks apart.</summary>
internal sealed class PlainRenderer : ReportRenderer
{
    public override void Render(Report report, TextWriter output)
    {
        foreach (var block in report.Blocks)
        {
            switch (block)
            {
                case Report.LineBlock line:
                    output.WriteLine(string.Concat(line.Pieces.Select(static p => SafeText.Escape(p.Text))));
                    break;
                case Report.TableBlock table:
                    Write(table, output);
                    break;
            }
        }
    }

    private static void Write(Report.TableBlock table, TextWriter output)
    {
        string[][] rows = [[.. table.Headers], .. table.Rows.Select(static r => r.Select(static c => SafeText.Escape(c.Text)).ToArray())];
        var widths = Enumerable.Range(0, table.Headers.Count).Select(i => rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                line.Append(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i] + 2));
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }
}
