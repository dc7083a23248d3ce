namespace Gatehouse.Policy;

/// <summary><c>image.load</c>: a file is loaded as executable or mapped as library.</summary>
public interface ILoadFields : IOperationFields
{
    /// <summary>The file that is loaded.</summary>
    IImageFields Image { get; }
}
