using System.Runtime.InteropServices;

namespace Gatehouse.Kernel.Questions;

/// <summary>The channel by which the agent is told that files are opened, before they are.</summary>
/// <remarks>
/// <para>Every open of a watched file system waits until <see cref="Allow"/>, or until this is disposed or the process dies: then all
/// of them go on. There is no way to refuse here on purpose: reading a file is nobody's business, and what may be loaded the kernel
/// decides when it is loaded.</para>
/// <para>One thread reads, any thread answers. That thread must not open a file of a watched file system: it would wait for itself.</para>
/// </remarks>
public interface IOpenSource : IDisposable
{
    /// <summary>Watches the whole file system that is mounted there.</summary>
    /// <returns>What failed, or null. Files of a file system that is not watched are never asked about.</returns>
    string? TryWatch(string mountPoint);

    /// <summary>Waits for opens and takes those that there are.</summary>
    /// <param name="patience">How long to wait for the first.</param>
    /// <param name="opens">Receives them; each must be allowed (unless it is a close) and disposed.</param>
    /// <returns>Whether the mount table has changed since the last call.</returns>
    /// <exception cref="KernelGateException">The channel is broken.</exception>
    bool Take(TimeSpan patience, ICollection<HeldOpen> opens);

    /// <summary>Lets an open go on. An opener that was killed meanwhile is no failure.</summary>
    void Allow(HeldOpen open);

    /// <summary>
    /// Files with this content are not reported any more until they are written to. The kernel may forget it sooner, and does not
    /// take it up while somebody has the file open for writing.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="executions">Whether executions are not reported either, or only other opens.</param>
    void Ignore(SafeHandle file, bool executions);

    /// <summary>The file is reported again.</summary>
    void EndIgnoring(SafeHandle file);

    /// <summary>Every file is reported again.</summary>
    void EndIgnoringAll();
}
