namespace Gatehouse.Policy;

/// <summary>The words of <c>image.kind</c>.</summary>
internal static class ImageKindNames
{
    public const string Executable = "executable";
    public const string Library = "library";

    public static IReadOnlyList<string> All { get; } = [Executable, Library];

    public static ImageKinds ToKinds(ValueSet names) =>
        (names.Contains(Executable) ? ImageKinds.Executable : ImageKinds.None)
        | (names.Contains(Library) ? ImageKinds.Library : ImageKinds.None);

    /// <summary>Which kind an operation concerns; each operation has exactly one.</summary>
    public static ImageKinds Of(GateOperation operation) =>
        operation == GateOperation.ImageLoadLibrary ? ImageKinds.Library : ImageKinds.Executable;
}
