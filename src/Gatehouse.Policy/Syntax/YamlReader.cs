using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gatehouse.Policy;

/// <summary>
/// Reads the event stream of YamlDotNet's parser into nodes. Anchors, aliases, tags, directives and several documents
/// are refused: a policy means what it looks like. Depth is bounded, so reading may recurse.
/// </summary>
internal sealed class YamlReader
{
    private readonly SourceText _source;
    private readonly DiagnosticBag _diagnostics;
    private readonly Parser _parser;

    private YamlReader(SourceText source, DiagnosticBag diagnostics)
    {
        _source = source;
        _diagnostics = diagnostics;
        _parser = new Parser(new StringReader(source.Text));
    }

    /// <summary>The document's root, or null if that was reported as unreadable.</summary>
    public static YamlNode? Read(SourceText source, DiagnosticBag diagnostics)
    {
        var reader = new YamlReader(source, diagnostics);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            reader.ReportMalformed(reader.PlaceOf(e), e.Message);
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        Move();
        Move();
        if (_parser.Current is not DocumentStart start)
        {
            _diagnostics.Add(
                DiagnosticCatalog.EmptyFile,
                _source.Span(0, 0),
                "The file contains no policy.",
                "begin with `apiVersion: gatehouse/v1`");
            return null;
        }

        // Without a directive the parser still lists the two tag handles that YAML defines itself.
        if (start.Version is not null || start.Tags?.Any(t => t.Prefix is not ("!" or "tag:yaml.org,2002:")) == true)
        {
            Refuse((int)start.Start.Index, (int)start.Start.Index + 1, "Directives (%YAML, %TAG)", "leave it out");
        }

        Move();
        var root = ReadNode(depth: 1);
        if (root is null)
        {
            return null;
        }

        Move();
        Move();
        if (_parser.Current is DocumentStart second)
        {
            _diagnostics.Add(
                DiagnosticCatalog.SeveralDocuments,
                _source.Span((int)second.Start.Index, (int)second.End.Index),
                "A second document begins here; a policy file contains exactly one.",
                "put each policy into a file of its own");
        }

        return root;
    }

    /// <summary>
    /// The next event. YamlDotNet 16.3 answers some malformed input (a flow map that is not closed before a key) with
    /// exceptions of other types; it is the input that is wrong then, too, and only the last event tells where.
    /// </summary>
    private bool Move()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is not (YamlException or OutOfMemoryException))
        {
            var place = _parser.Current?.End ?? Mark.Empty;
            throw new YamlException(
                place, place, "The YAML cannot be read beyond this place; is a bracket, brace or quote not closed?", e);
        }
    }

    /// <summary>
    /// Reads the node whose event is current and leaves its last event current; null ends all reading.
    /// </summary>
    private YamlNode? ReadNode(int depth)
    {
        if (_parser.Current is NodeEvent node)
        {
            RefuseProperties(node);
        }

        switch (_parser.Current)
        {
            case AnchorAlias alias:
                Refuse(Index(alias.Start), Index(alias.End), "Aliases (*name)");
                return new YamlReported(Index(alias.Start), Index(alias.End));
            case Scalar scalar:
                return ReadScalar(scalar);
            case MappingStart or SequenceStart when depth > PolicyLimits.MaxYamlDepth:
                _diagnostics.Add(
                    DiagnosticCatalog.YamlTooDeep,
                    _source.Span(Index(_parser.Current.Start), Index(_parser.Current.Start) + 1),
                    $"Maps and lists are nested deeper than {PolicyLimits.MaxYamlDepth} levels.");
                return null;
            case MappingStart start:
                return ReadMapping(start, depth);
            case SequenceStart start:
                return ReadSequence(start, depth);
            default:
                ReportMalformed(Index(_parser.Current?.Start ?? Mark.Empty), "A value is expected here.");
                return null;
        }
    }

    private YamlMapping? ReadMapping(MappingStart start, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        while (Move() && _parser.Current is not MappingEnd)
        {
            if (ReadNode(depth + 1) is not { } key)
            {
                return null;
            }

            Move();
            if (ReadNode(depth + 1) is not { } value)
            {
                return null;
            }

            if (key is YamlScalar scalar)
            {
                entries.Add(new YamlEntry(scalar, value));
            }
            else if (key is not YamlReported)
            {
                _diagnostics.Add(
                    DiagnosticCatalog.WrongType, _source.Span(key.Start, key.Start + 1), "A key must be a single word.");
            }
        }

        return new YamlMapping(entries.ToImmutable(), Index(start.Start), Index(_parser.Current!.End));
    }

    private YamlSequence? ReadSequence(SequenceStart start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (Move() && _parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new YamlSequence(items.ToImmutable(), Index(start.Start), Index(_parser.Current!.End));
    }

    private YamlNode ReadScalar(Scalar scalar)
    {
        var style = scalar.Style switch
        {
            ScalarStyle.SingleQuoted => YamlScalarStyle.SingleQuoted,
            ScalarStyle.DoubleQuoted => YamlScalarStyle.DoubleQuoted,
            ScalarStyle.Literal or ScalarStyle.Folded => YamlScalarStyle.Block,
            _ => YamlScalarStyle.Plain,
        };
        var (start, end) = (Index(scalar.Start), Index(scalar.End));
        if (!TextCheck.IsSound(scalar.Value))
        {
            _diagnostics.Add(
                DiagnosticCatalog.InvalidText,
                _source.Span(start, end),
                "An escape sequence makes a NUL or half of a surrogate pair, which no name or path can contain.");
            return new YamlReported(start, end);
        }

        return new YamlScalar(scalar.Value, style, start, end);
    }

    private void RefuseProperties(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            Refuse(Index(node.Start), Index(node.Start) + 1, "Anchors (&name)");
        }

        // A plain scalar may carry "?" or "!" as its non-specific tag; only a written tag is refused.
        if (!node.Tag.IsEmpty)
        {
            Refuse(Index(node.Start), Index(node.Start) + 1, "Tags (!name)", "leave it out; a condition that begins with `!` needs quotes around the whole");
        }
    }

    private void Refuse(int start, int end, string feature, string suggestion = "write the value out") => _diagnostics.Add(
        DiagnosticCatalog.YamlFeature,
        _source.Span(start, end),
        $"{feature} are not used in policies, so that a policy means what it looks like.",
        suggestion);

    /// <summary>For a tab the scanner tells where the map began, not where the tab is.</summary>
    private int PlaceOf(YamlException exception)
    {
        var start = Math.Clamp(Index(exception.Start), 0, _source.Text.Length);
        if (!exception.Message.Contains("tab", StringComparison.Ordinal))
        {
            return start;
        }

        var tab = _source.Text.IndexOf("\n\t", start, StringComparison.Ordinal);
        return tab < 0 ? start : tab + 1;
    }

    private void ReportMalformed(int index, string message)
    {
        var tab = index < _source.Text.Length && _source.Text[index] == '\t';
        _diagnostics.Add(
            DiagnosticCatalog.MalformedYaml,
            _source.Span(index, index),
            message,
            tab
                ? "indent with spaces: YAML does not allow tabs here"
                : "check indentation and brackets; a text that begins with one of \" ' ! & * [ { needs quotes around the whole");
    }

    private static int Index(Mark mark) => (int)mark.Index;
}
