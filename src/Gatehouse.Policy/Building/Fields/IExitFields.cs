namespace Gatehouse.Policy;

/// <summary><c>process.exit</c>: a process ends; can only be audited.</summary>
public interface IExitFields : IOperationFields
{
    /// <summary>Exit status, 0 to 255; 0 if a signal ended it.</summary>
    long Status { get; }

    /// <summary>Number of the signal that ended it; 0 if none did.</summary>
    long Signal { get; }
}
