namespace Gatehouse.Kernel.Questions;

/// <summary>Why the agent is told of a file.</summary>
public enum OpenReason
{
    /// <summary>It is to be opened, for whatever: reading, writing, or mapping as a library. The opener waits.</summary>
    Open,

    /// <summary>It is to be executed, or is the interpreter of what is. The opener waits.</summary>
    Execute,

    /// <summary>It was closed by somebody who had it open for writing. Nobody waits.</summary>
    ClosedAfterWrite,
}
