namespace Gatehouse.Policy;

/// <summary>How a pattern of the automaton is compared.</summary>
internal enum PatternShape
{
    /// <summary>As a whole.</summary>
    Exact,

    /// <summary>With the beginning.</summary>
    Prefix,

    /// <summary>With the end.</summary>
    Suffix,

    /// <summary>As <see cref="PatternKind.Glob"/> says.</summary>
    Glob,
}
