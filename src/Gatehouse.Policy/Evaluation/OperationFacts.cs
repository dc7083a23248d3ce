namespace Gatehouse.Policy;

/// <summary>What is known of an operation when it is decided; the same facts that the kernel side gathers.</summary>
public sealed record OperationFacts
{
    /// <summary>The operation, as the kernel side numbers it.</summary>
    public required GateOperation Operation { get; init; }

    /// <summary>Who acts.</summary>
    public ProcessFacts Process { get; init; } = new();

    /// <summary>On whom; for <c>process.open</c> and <c>thread.open</c>.</summary>
    public ProcessFacts Target { get; init; } = new();

    /// <summary>The file; for <c>process.exec</c> and <c>image.load</c>.</summary>
    public ImageFacts Image { get; init; } = new();

    /// <summary>The operation's own facts.</summary>
    public RequestFacts Request { get; init; } = new();

    /// <summary>As what the image is loaded; a BPF program has one kind only.</summary>
    internal string Kind => Operation == GateOperation.ImageLoadProgram ? ImageFields.BpfProgram : Image.Kind;
}
