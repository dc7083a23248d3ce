using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>A place in a policy file. Lines and columns start at 1; a column is one UTF-16 code unit.</summary>
/// <param name="File">Name as given in <see cref="PolicySource.FileName"/>.</param>
/// <param name="StartLine">Line of the first character.</param>
/// <param name="StartColumn">Column of the first character.</param>
/// <param name="EndLine">Line of the position after the last character.</param>
/// <param name="EndColumn">Column of the position after the last character.</param>
public sealed record SourceSpan(string File, int StartLine, int StartColumn, int EndLine, int EndColumn)
{
    /// <summary><c>file:line:column</c> of the start, as compilers print it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{File}:{StartLine}:{StartColumn}");
}
