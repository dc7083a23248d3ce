namespace Gatehouse.Policy;

/// <summary>
/// For each character of a scalar's value, where it stands in the file: what makes an error inside <c>when</c> point at
/// its exact column. YAML changes only white space (folding, indentation) and escape sequences; all other characters
/// stand in the text in the same order, so that walking along both finds them.
/// </summary>
internal sealed class ScalarMap
{
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly int _before;

    private ScalarMap(int length, int before)
    {
        _starts = new int[length];
        _ends = new int[length];
        _before = before;
    }

    public static ScalarMap Create(SourceText source, YamlScalar scalar)
    {
        var text = source.Text;
        var at = ContentStart(text, scalar);
        var map = new ScalarMap(scalar.Value.Length, at);
        for (var i = 0; i < scalar.Value.Length; i++)
        {
            at = SkipWhiteSpace(text, at, scalar, scalar.Value[i]);
            var next = Math.Min(text.Length, at + LengthAt(text, at, scalar, scalar.Value[i]));
            map._starts[i] = at;
            map._ends[i] = next;

            // A pair of surrogates that one \UXXXXXXXX made: the second half has no text of its own.
            if (next - at == 10 && char.IsHighSurrogate(scalar.Value[i]) && i + 1 < scalar.Value.Length)
            {
                i++;
                map._starts[i] = at;
                map._ends[i] = next;
            }

            at = next;
        }

        return map;
    }

    /// <summary>
    /// From a range in the value, the end excluded, to a range in the text. The end of the value is allowed.
    /// </summary>
    public (int Start, int End) Range(int start, int end)
    {
        if (_starts.Length == 0)
        {
            return (_before, _before);
        }

        var textStart = start < _starts.Length ? _starts[start] : _ends[^1];
        var textEnd = end > start ? _ends[Math.Min(end, _ends.Length) - 1] : textStart;
        return (textStart, Math.Max(textStart, textEnd));
    }

    private static int ContentStart(string text, YamlScalar scalar)
    {
        switch (scalar.Style)
        {
            case YamlScalarStyle.Plain:
                return scalar.Start;
            case YamlScalarStyle.Block:
                // The header line: indicator, indentation and chomping signs, a comment.
                var lineEnd = text.AsSpan(scalar.Start).IndexOfAny('\r', '\n');
                return lineEnd < 0 ? text.Length : scalar.Start + lineEnd;
            default:
                return scalar.Start + 1;
        }
    }

    private static int SkipWhiteSpace(string text, int at, YamlScalar scalar, char wanted)
    {
        if (wanted is '\n' or '\r')
        {
            return at;
        }

        while (at < text.Length && text[at] != wanted)
        {
            if (text[at] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
            }
            else if (scalar.Style == YamlScalarStyle.DoubleQuoted && IsEscapedLineEnd(text, at))
            {
                at++;
            }
            else
            {
                break;
            }
        }

        // A space that folding made of a line end: there is none in the text, it stands where the line ended.
        return at;
    }

    private static bool IsEscapedLineEnd(string text, int at) =>
        text[at] == '\\' && at + 1 < text.Length && text[at + 1] is ('\r' or '\n');

    private static int LengthAt(string text, int at, YamlScalar scalar, char wanted)
    {
        if (at >= text.Length)
        {
            return 0;
        }

        if (scalar.Style == YamlScalarStyle.DoubleQuoted && text[at] == '\\')
        {
            return at + 1 >= text.Length ? 1 : text[at + 1] switch
            {
                'x' => 4,
                'u' => 6,
                'U' => 10,
                _ => 2,
            };
        }

        if (scalar.Style == YamlScalarStyle.SingleQuoted && wanted == '\'')
        {
            return 2;
        }

        // Folded white space takes no text of its own.
        return text[at] == wanted ? 1 : 0;
    }
}
