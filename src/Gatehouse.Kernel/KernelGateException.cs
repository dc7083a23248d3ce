namespace Gatehouse.Kernel;

/// <summary>What the caller can still do after a <see cref="KernelGateException"/>.</summary>
public enum GateFailure
{
    /// <summary>The operation failed; everything that was in force still is.</summary>
    OperationFailed,

    /// <summary>This kernel or host lacks something; the message names it and the remedy.</summary>
    Unsupported,

    /// <summary>Hooks are attached but do not decide: the agent cannot protect.</summary>
    CannotProtect,

    /// <summary>The host is sealed, and the kernel side does not know this process as the agent.</summary>
    Sealed,
}

/// <summary>The kernel side refused or failed.</summary>
public sealed class KernelGateException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">What the caller can still do.</param>
    /// <param name="message">What failed, with call and errno where there is one.</param>
    /// <param name="details">Further text, such as the verifier's whole log; may be null.</param>
    /// <param name="innerException">The cause, if it was an exception.</param>
    public KernelGateException(GateFailure failure, string message, string? details = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        Details = details;
    }

    /// <summary>What the caller can still do.</summary>
    public GateFailure Failure { get; }

    /// <summary>Further text, such as the verifier's whole log, or null.</summary>
    public string? Details { get; }
}
