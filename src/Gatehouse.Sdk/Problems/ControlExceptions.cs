namespace Gatehouse.Sdk.Problems;

/// <summary>No agent answers at the socket. Nothing was asked, so nothing has changed.</summary>
public sealed class AgentUnreachableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="socketPath">The socket that was tried.</param>
    /// <param name="reason">Why there was no answer.</param>
    /// <param name="innerException">The cause.</param>
    public AgentUnreachableException(string socketPath, string reason, Exception? innerException = null)
        : base($"no agent answers at {socketPath}: {reason}", innerException) => SocketPath = socketPath;

    /// <summary>The socket that was tried.</summary>
    public string SocketPath { get; }
}

/// <summary>The agent answered with a problem; its state is as before unless the document says otherwise.</summary>
public sealed class ControlProblemException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">The agent's answer.</param>
    public ControlProblemException(ProblemDocument problem)
        : base(problem?.Detail ?? problem?.Title)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Problem = problem;
    }

    /// <summary>The agent's answer.</summary>
    public ProblemDocument Problem { get; }
}

/// <summary>
/// The connection ended in the middle of an answer, or the answer cannot be understood. What the agent did with the request
/// is not known; ask for the status.
/// </summary>
public sealed class ControlProtocolException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong with the answer.</param>
    /// <param name="innerException">The cause.</param>
    public ControlProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
