namespace Gatehouse.Trust;

/// <summary>A file is damaged or of a version that is not known. Closed: nothing in it is trusted.</summary>
/// <param name="file">The file.</param>
/// <param name="line">From 1.</param>
/// <param name="column">In characters, from 1.</param>
/// <param name="problem">What is wrong there.</param>
public sealed class TrustFormatException(string file, int line, int column, string problem)
    : TrustRefusedException($"{file}:{line}:{column}: {problem}")
{
    /// <summary>From 1.</summary>
    public int Line => line;

    /// <summary>In characters, from 1.</summary>
    public int Column => column;
}
