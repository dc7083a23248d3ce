namespace Gatehouse.Policy;

/// <summary>Where the facts of a role begin, as the kernel side numbers them.</summary>
internal static class FactSource
{
    public const int ClassCount = 64;

    public const int MaskCount = 16;

    /// <summary>Class of a name for which every row passes; see <see cref="ClassTableKind"/>.</summary>
    public const int AllRows = 1;

    public static int ClassOf(FieldRole role) => role switch
    {
        FieldRole.Process => 0,
        FieldRole.Target => 16,
        FieldRole.Image => 32,
        _ => 48,
    };

    public static int MaskOf(FieldRole role) => ClassOf(role) / 4;
}
