namespace Gatehouse.Policy;

/// <summary><c>image.load</c>: a file is loaded as executable or mapped as library, or something into the kernel.</summary>
public interface ILoadFields : IOperationFields
{
    /// <summary>What is loaded.</summary>
    ILoadImageFields Image { get; }
}
