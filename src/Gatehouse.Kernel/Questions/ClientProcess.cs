using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Kernel.Questions;

/// <summary>A process that is told apart from a later one with the same number.</summary>
public sealed class ClientProcess : IDisposable
{
    private readonly SafeFileHandle? _handle;

    private ClientProcess(int id, SafeFileHandle? handle)
    {
        Id = id;
        _handle = handle;
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Whether it runs. False once it has ended, for ever, and if it had ended before it was looked for.</summary>
    public bool IsAlive => _handle is not null && !ProcessHandle.HasEnded(_handle);

    /// <summary>Looks for the process that has the number now.</summary>
    public static ClientProcess Find(int id) => new(id, id > 0 ? ProcessHandle.TryOpen(id) : null);

    /// <inheritdoc />
    public void Dispose() => _handle?.Dispose();
}
