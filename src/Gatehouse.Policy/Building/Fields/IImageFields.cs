namespace Gatehouse.Policy;

/// <summary>The file that is loaded.</summary>
public interface IImageFields : IMappedFileFields
{
    /// <summary>As what the file is loaded.</summary>
    ImageKind Kind { get; }
}
