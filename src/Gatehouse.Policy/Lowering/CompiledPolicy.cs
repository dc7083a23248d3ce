namespace Gatehouse.Policy;

/// <summary>One policy of an image.</summary>
/// <param name="Name">Unique in the image.</param>
/// <param name="Client">Whose policy it is.</param>
/// <param name="Altitude">Order in the image: higher first, then by name.</param>
/// <param name="Description">Free text, or empty.</param>
/// <param name="FirstRow">Index of its first row; a multiple of 64.</param>
/// <param name="RowCount">Rows that are in use, without the padding to the next multiple of 64; may be 0.</param>
/// <param name="SourceSha256">Lower-case hex SHA-256 of the file it was compiled from.</param>
public sealed record CompiledPolicy(
    string Name, string Client, int Altitude, string Description, int FirstRow, int RowCount, string SourceSha256)
{
    /// <summary>Index of its first word in a vector.</summary>
    public int FirstWord => FirstRow / 64;

    /// <summary>Words of a vector that belong to it; at least one.</summary>
    public int WordCount => Math.Max(1, (RowCount + 63) / 64);
}
