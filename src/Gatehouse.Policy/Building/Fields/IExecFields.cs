namespace Gatehouse.Policy;

/// <summary><c>process.exec</c>: a program is started.</summary>
public interface IExecFields : IOperationFields
{
    /// <summary>The file that is started.</summary>
    IImageFields Image { get; }

    /// <summary>Whether the exec changes the effective user or adds capabilities.</summary>
    bool SetuidGain { get; }

    /// <summary>
    /// Arguments, the program's own name first; an argument of more than 255 bytes is compared by its first 255. Ask
    /// with <c>Contains</c> or <c>Any</c>.
    /// </summary>
    IReadOnlyList<string> Arguments { get; }

    /// <summary>Names of the environment variables. Ask with <c>Contains</c> or <c>Any</c>.</summary>
    IReadOnlyList<string> Environment { get; }
}
