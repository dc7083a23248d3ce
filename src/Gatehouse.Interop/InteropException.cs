namespace Gatehouse.Interop;

/// <summary>A call into libbpf or the kernel failed. The message names the call and the errno.</summary>
public sealed class InteropException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="call">The call that failed, with the object it was made on.</param>
    /// <param name="errorNumber">The errno, positive.</param>
    /// <param name="log">What libbpf or the verifier said, or null.</param>
    public InteropException(string call, int errorNumber, string? log = null)
        : base($"{call}: {Linux.Errno.Describe(errorNumber)}")
    {
        Call = call;
        ErrorNumber = errorNumber;
        Log = log;
    }

    /// <summary>The call that failed.</summary>
    public string Call { get; }

    /// <summary>The errno, positive.</summary>
    public int ErrorNumber { get; }

    /// <summary>What libbpf or the verifier said, or null.</summary>
    public string? Log { get; }
}
