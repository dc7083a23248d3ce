namespace Gatehouse.Policy;

/// <summary>The values of <c>image.kind</c> as a set.</summary>
[Flags]
internal enum ImageKinds
{
    None = 0,
    Executable = 1,
    Library = 2,
    Any = Executable | Library,
}
