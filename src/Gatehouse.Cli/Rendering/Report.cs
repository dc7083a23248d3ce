namespace Gatehouse.Cli.Rendering;

/// <summary>What a piece of text means; a terminal gives each its colour.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
}

/// <summary>A piece of text.</summary>
internal readonly record struct Piece(string Text, Tone Tone)
{
    public static implicit operator Piece(string text) => new(text, Tone.Plain);

    public static implicit operator Piece((string Text, Tone Tone) pair) => new(pair.Text, pair.Tone);
}

/// <summary>
/// What a command has to say, without its looks. Both renderings are made from the same report, so a pipe gets the same facts as
/// a terminal.
/// </summary>
internal sealed class Report
{
    private readonly List<Block> _blocks = [];

    public IReadOnlyList<Block> Blocks => _blocks;

    public Report Line(params Piece[] pieces)
    {
        _blocks.Add(new LineBlock(pieces));
        return this;
    }

    public Report Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<Piece>> rows)
    {
        _blocks.Add(new TableBlock(headers, [.. rows]));
        return this;
    }

    internal abstract record Block;

    internal sealed record LineBlock(IReadOnlyList<Piece> Pieces) : Block;

    internal sealed record TableBlock(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<Piece>> Rows) : Block;
}
