namespace Gatehouse.Policy;

/// <summary><c>memory.protect</c>: memory becomes executable, or writable while it is.</summary>
public interface IMemoryProtectFields : IMemoryFields
{
    /// <summary>Protection that the memory had.</summary>
    IReadOnlySet<MemoryAccess> Before { get; }
}
