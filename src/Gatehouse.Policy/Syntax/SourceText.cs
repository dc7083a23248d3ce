namespace Gatehouse.Policy;

/// <summary>The decoded text of a file and the positions of its lines.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lineStarts = [0];

    public SourceText(string fileName, string text)
    {
        FileName = fileName;
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public string FileName { get; }

    public string Text { get; }

    /// <summary>
    /// From a range of indexes, the end excluded, to lines and columns. Indexes beyond the text are its end.
    /// </summary>
    public SourceSpan Span(int start, int end)
    {
        var (startLine, startColumn) = Position(start);
        var (endLine, endColumn) = Position(Math.Max(start, end));
        return new SourceSpan(FileName, startLine, startColumn, endLine, endColumn);
    }

    private (int Line, int Column) Position(int index)
    {
        index = Math.Clamp(index, 0, Text.Length);
        var line = _lineStarts.BinarySearch(index);
        line = line >= 0 ? line : ~line - 1;
        return (line + 1, index - _lineStarts[line] + 1);
    }
}
