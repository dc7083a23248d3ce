namespace Gatehouse.Policy;

/// <summary>
/// <c>process.open</c> and <c>thread.open</c>: a process reaches for another one, or for one of its threads, with one
/// right.
/// </summary>
public interface IOpenFields : IOperationFields
{
    /// <summary>The process that is acted on.</summary>
    IProcessFields Target { get; }

    /// <summary>Right that is asked for; each is decided by itself.</summary>
    OpenRight Right { get; }

    /// <summary>Number of the signal that is sent; 0 if none is.</summary>
    long Signal { get; }

    /// <summary>Whether the target is a child of the acting process.</summary>
    bool Child { get; }
}
