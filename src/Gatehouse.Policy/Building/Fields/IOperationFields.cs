namespace Gatehouse.Policy;

/// <summary>What every operation has.</summary>
public interface IOperationFields
{
    /// <summary>The acting process, as it was before the operation.</summary>
    IProcessFields Process { get; }
}
