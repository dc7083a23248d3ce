namespace Gatehouse.Policy;

/// <summary>What is loaded: a file, bytes that the kernel was given, or a BPF program.</summary>
public interface ILoadImageFields : IImageFields
{
    /// <summary>
    /// Type of the BPF program. A rule that tests a fact that only files have does not concern BPF programs, and a rule that
    /// tests this concerns nothing else.
    /// </summary>
    ProgramType ProgramType { get; }
}
