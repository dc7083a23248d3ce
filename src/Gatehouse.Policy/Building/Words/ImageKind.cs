namespace Gatehouse.Policy;

/// <summary>As what a file is loaded.</summary>
public enum ImageKind
{
    /// <summary><c>executable</c>.</summary>
    Executable = 1,

    /// <summary><c>script</c>.</summary>
    Script = 2,

    /// <summary><c>interpreter</c>.</summary>
    Interpreter = 3,

    /// <summary><c>library</c>.</summary>
    Library = 4,
}
