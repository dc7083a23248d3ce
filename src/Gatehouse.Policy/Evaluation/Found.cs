namespace Gatehouse.Policy;

/// <summary>How a condition holds.</summary>
[Flags]
internal enum Found
{
    /// <summary>It does not.</summary>
    Nothing = 0,

    /// <summary>Whatever arguments and environment are.</summary>
    WithoutTexts = 1,

    /// <summary>By what some test of arguments or environment says.</summary>
    WithTexts = 2,
}
